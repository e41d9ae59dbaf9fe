/** What the claims of an issuer's token allow, by the rules of its operator. Pure. */
import type { Result } from "@perennial/protocol";
import { type ParsedGrant, parseGrant, type Rights } from "./claims.ts";
import type { Issuer, IssuerRule } from "./issuer-options.ts";

type Claims = Readonly<Record<string, unknown>>;

const PLACE = /\{([^{}]+)\}/g;

/** The rights of a verified token. Rules that do not fit, or name a claim that it does not have, give none. */
export function issuedRights(issuer: Issuer, claims: Claims & { readonly exp: number }): Rights {
  const grants: ParsedGrant[] = [];
  for (const rule of issuer.rights) {
    const grant = fits(rule, claims) ? grantOf(rule, (name) => textOf(claimOf(claims, name))) : undefined;
    if (grant?.kind === "ok") grants.push(grant.value);
  }
  const subject = typeof claims.sub === "string" ? claims.sub : undefined;
  return { service: issuer.service, subject, expiresAt: claims.exp, grants, limits: issuer.limits };
}

/** The grant of a rule for somebody; undefined if a value that it needs is not there. The rejection says what is wrong with the rule. */
export function grantOf(
  { when: _, ...rule }: IssuerRule,
  valueIn: (name: string) => string | undefined,
): Result<ParsedGrant, string> | undefined {
  // What is no text, the reader of grants names.
  const match =
    typeof rule.match === "string" ? filled(rule.match, (name) => segmentOf(valueIn(name))) : rule.match;
  if (match === undefined) return undefined;
  if (typeof rule.producer !== "string") return parseGrant({ ...rule, match });
  const producer = filled(rule.producer, valueIn);
  return producer === undefined ? undefined : parseGrant({ ...rule, match, producer });
}

/** A text with values in its places; undefined if one is missing. */
function filled(text: string, valueIn: (name: string) => string | undefined): string | undefined {
  let isMissing = false;
  const whole = text.replace(PLACE, (_, name: string) => {
    const value = valueIn(name);
    isMissing ||= value === undefined;
    return value ?? "";
  });
  return isMissing ? undefined : whole;
}

function fits({ when = {} }: IssuerRule, claims: Claims): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    const claim = claimOf(claims, name);
    // Scopes are words with blanks between them (RFC 8693, 4.2).
    const values = Array.isArray(claim)
      ? claim
      : name === "scope" && typeof claim === "string"
        ? claim.split(" ")
        : [claim];
    return values.includes(wanted);
  });
}

/** A claim by its name, or by the way to it. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split(".")
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Claims)[part]
          : undefined,
      claims,
    );
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A value as one segment of a path, whatever is in it: no slash, no asterisk and no dots of it mean anything. */
function segmentOf(value: string | undefined): string | undefined {
  if (value === undefined || /^\.+$/.test(value) || /\p{Surrogate}/u.test(value)) return undefined;
  return encodeURIComponent(value).replace(/\*/g, "%2A");
}
