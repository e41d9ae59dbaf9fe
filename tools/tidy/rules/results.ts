/**
 * What may fail says so in one shape: a union whose members have a literal `kind`, the failure being `rejected`
 * (CONTRIBUTING.md, "What may fail"). Other ways to tell a value from a failure are refused where they can be seen: asking
 * for a member by its name, unions without a `kind`, reasons that stand bare beside values, sentinels.
 */
import { isProgram, lineAt, type Node, type Problem, parse, type Source, walk } from "../sources.ts";

/** A part of a syntax tree with what this rule reads of it. */
type Tree = Node & Readonly<Record<string, unknown>>;

/** What tells the members of a union apart: `type` in what happened, as events have it; `exists` in the official client's answer to HEAD. */
const MARKS = new Set(["kind", "type", "exists"]);
const DECLARATION = /^(?:TSInterfaceDeclaration|TSTypeAliasDeclaration|ClassDeclaration)$/;
const ABSENT = new Set(["TSUndefinedKeyword", "TSNullKeyword", "TSVoidKeyword"]);
/** Names of reasons, which stand in a `Rejected`, not beside a value. */
const REASON = /(?:Error|Failure|Fault|Problem|Rejection)$/;
/** Forms of the same content. */
const CONTENT = /^(?:string|Uint8Array(?:<.*>)?|ByteSource|Buffer|URL)$/;
/** Types made of the type that is their first argument. */
const DERIVED = new Set(["Exclude", "Extract", "Omit", "Partial", "Pick", "Readonly"]);

/** Results in another shape, in the sources of packages. */
export function results(sources: readonly Source[]): Problem[] {
  const parsed = sources
    .filter(({ path }) => isProgram(path) && /^packages\/[^/]+\/src\//.test(path))
    .map((source) => ({ source, found: survey(parse(source)) }));
  const types = new Types(parsed.flatMap(({ found }) => found.declared));
  return parsed.flatMap(({ source, found }) =>
    [
      ...namesAskedFor(found).map((node) => ({
        node,
        message: 'tell types apart by `kind`, not by "name" in value',
      })),
      ...found.unions
        .filter(isUnmarked)
        .map((node) => ({ node, message: "each type of this union needs a literal `kind`" })),
      ...returnedUnions(found)
        .filter((union) => !types.areTold(union, source.text))
        .map((node) => ({ node, message: "return a Result, or types that have a literal `kind`" })),
    ].map(({ node, message }) => ({ path: source.path, line: lineAt(source.text, node.start), message })),
  );
}

/** What this rule looks at in a file. */
interface Survey {
  /** Questions for a member by its name. */
  readonly asked: Tree[];
  /** Conditions that begin with `typeof`. */
  readonly guarded: Tree[];
  readonly unions: Tree[];
  /** The types of what functions return. */
  readonly returned: Tree[];
  /** Interfaces, classes and types with a name. */
  readonly declared: Tree[];
}

/** Finds it all in one walk: the trees are large. */
function survey(tree: Node): Survey {
  const found: Survey = { asked: [], guarded: [], unions: [], returned: [], declared: [] };
  walk(tree, (each) => {
    const node = each as Tree;
    if (node.returnType) found.returned.push(node.returnType as Tree);
    if (node.type === "TSUnionType") found.unions.push(node);
    else if (DECLARATION.test(node.type)) found.declared.push(node);
    else if (node.type === "LogicalExpression" && startsWithTypeof(node)) found.guarded.push(node);
    else if (asksForName(node)) found.asked.push(node);
  });
  return found;
}

function asksForName({ type, operator, left }: Tree): boolean {
  return type === "BinaryExpression" && operator === "in" && (left as Tree).type === "Literal";
}

/** Questions for a member by its name, but for those to a value from outside, of which `typeof` is asked first. */
function namesAskedFor({ asked, guarded }: Survey): Node[] {
  return asked.filter(({ start, end }) => !guarded.some((all) => all.start <= start && end <= all.end));
}

function startsWithTypeof({ operator, left }: Tree): boolean {
  let first = left as Tree;
  while (first.type === "LogicalExpression") first = first.left as Tree;
  return operator === "&&" && (first.left as Tree | undefined)?.operator === "typeof";
}

/** The unions in what functions return, those in type arguments included. */
function returnedUnions({ returned }: Survey): Tree[] {
  const parts = returned.flatMap((type) =>
    nodesOf(type, (node) => node.type === "TSUnionType").map((union) => ({ type, union })),
  );
  return parts
    .filter(({ type, union }) => {
      const inner = nodesOf(type, (node) => node.type === "TSFunctionType" || node.type === "TSTypeLiteral");
      return !inner.some(({ start, end }) => start <= union.start && union.end <= end);
    })
    .map(({ union }) => union);
}

function nodesOf(tree: Tree, isWanted: (node: Tree) => boolean): Tree[] {
  const nodes: Tree[] = [];
  walk(tree, (node) => {
    if (isWanted(node as Tree)) nodes.push(node as Tree);
  });
  return nodes;
}

/** Whether one of several objects that are written out in the union has no mark. */
function isUnmarked(union: Tree): boolean {
  const types = membersOf(union);
  return types.length > 1 && types.some((each) => isWrittenOut(each) && !isMarked(each));
}

function membersOf(union: Tree): Tree[] {
  return (union.types as Tree[]).filter((type) => !ABSENT.has(type.type) && nameOf(type) !== "Nothing");
}

/** An object type with members of its own names. */
function isWrittenOut({ type, types, members }: Tree): boolean {
  if (type === "TSIntersectionType") return (types as Tree[]).some(isWrittenOut);
  return (
    type === "TSTypeLiteral" && (members as Tree[]).some((member) => member.type === "TSPropertySignature")
  );
}

/** Whether an object type, or the body of an interface or class, has a mark of literals. */
function isMarked(node: Tree): boolean {
  if (node.type === "TSIntersectionType") return (node.types as Tree[]).some(isMarked);
  const body = (node.members ?? (node.body as Tree | undefined)?.body ?? []) as Tree[];
  return body.some(({ key, typeAnnotation, value }) => {
    if (!MARKS.has((key as { name?: string } | undefined)?.name ?? "")) return false;
    const type = (typeAnnotation as Tree | undefined | null)?.typeAnnotation as Tree | undefined;
    return type === undefined ? (value as Tree | null)?.type === "Literal" : isLiteral(type);
  });
}

function isLiteral({ type, types }: Tree): boolean {
  return type === "TSLiteralType" || (type === "TSUnionType" && (types as Tree[]).every(isLiteral));
}

function nameOf({ typeName, expression }: Tree): string {
  return ((typeName ?? expression) as { name?: string } | undefined)?.name ?? "";
}

/** What is known of types by their names. */
class Types {
  readonly #declared = new Map<string, Tree>();

  constructor(declared: readonly Tree[]) {
    for (const node of declared) {
      const { name } = node.id as { name: string };
      // Of two that share a name, one with a mark speaks for both: another rule would have to follow imports.
      if (!this.#declared.has(name) || this.#isDeclaredMarked(node)) this.#declared.set(name, node);
    }
  }

  /** Whether the types of the union can be told apart as the rule has it. */
  areTold(union: Tree, text: string): boolean {
    const shown = ({ start, end }: Node): string => text.slice(start, end);
    const members = membersOf(union);
    const texts = new Set(members.map(shown));
    // What is there at once or later is one type.
    const types = members.filter((type) => !texts.has(/^Promise<(.*)>$/s.exec(shown(type))?.[1] ?? ""));
    if (types.length < 2 || types.every(isLiteral) || types.every((type) => CONTENT.test(shown(type))))
      return true;
    return types.every((type) => !REASON.test(nameOf(type)) && this.#isMarked(type));
  }

  #isMarked(type: Tree): boolean {
    if (type.type === "TSUnionType") return membersOf(type).every((each) => this.#isMarked(each));
    if (type.type !== "TSTypeReference") return isWrittenOut(type) && isMarked(type);
    const [first] = ((type.typeArguments as Tree | undefined)?.params ?? []) as Tree[];
    if (DERIVED.has(nameOf(type)) && first !== undefined) return this.#isMarked(first);
    const declared = this.#declared.get(nameOf(type));
    // A parameter of the function, or a type of somebody else's: whoever gives it knows.
    return declared === undefined || this.#isDeclaredMarked(declared);
  }

  #isDeclaredMarked(node: Tree): boolean {
    if (node.type === "TSTypeAliasDeclaration") return this.#isMarked(node.typeAnnotation as Tree);
    const parents = [node.extends ?? []].flat() as Tree[];
    return isMarked(node) || parents.some((parent) => this.#isParentMarked(nameOf(parent)));
  }

  #isParentMarked(name: string): boolean {
    const parent = this.#declared.get(name);
    return parent !== undefined && this.#isDeclaredMarked(parent);
  }
}
