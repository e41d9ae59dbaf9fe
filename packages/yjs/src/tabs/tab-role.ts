/** What a provider does because there are other tabs: follow the one that leads, or lead. */
import type { DocumentSync } from "../core/document-sync.ts";
import { FrameDecoder } from "../core/framing.ts";
import type { YjsLibrary } from "../core/yjs-library.ts";
import type { YjsProviderStatus } from "../provider/options.ts";
import type { Post, Sender } from "../provider/sender.ts";
import type { Who } from "../provider/who.ts";
import type { TabEnvironment } from "./environment.ts";
import { LeaderPost } from "./post-to-leader.ts";
import { TabGroup, type TabMessage, type TabMessageOf } from "./tab-group.ts";

export interface TabRoleOptions {
  readonly environment: TabEnvironment;
  readonly name: string;
  readonly id: string;
  readonly yjs: YjsLibrary;
  readonly sync: DocumentSync;
  readonly sender: Sender;
  readonly who: Who | undefined;
  /** This tab is to make the connection; `anew` when what it holds came by way of another one. */
  readonly lead: (anew: boolean) => void;
  /** How the connection is, which another tab has. */
  readonly onStatus: (status: YjsProviderStatus, atTail: boolean) => void;
}

/** Nothing changed: no structs, no deletions. */
const NOTHING_BYTES = 2;

export class TabRole {
  readonly #options: TabRoleOptions;
  readonly #leaderPost: LeaderPost;
  #group: TabGroup | undefined;
  #status: YjsProviderStatus = "disconnected";
  #atTail = false;
  #hasFollowed = false;

  constructor(options: TabRoleOptions) {
    this.#options = options;
    this.#leaderPost = new LeaderPost(options.id, (message) => this.#group?.post(message));
    if (options.who !== undefined)
      options.who.onChange = (update) => this.#group?.post({ kind: "presence", update });
  }

  /** The way of changes; undefined for the tab that leads. */
  get post(): Post | undefined {
    return this.#isLeader ? undefined : this.#leaderPost.send;
  }

  /** Whether another tab has the connection, or may have it. */
  get follows(): boolean {
    return !this.#isLeader;
  }

  get #isLeader(): boolean {
    return this.#group?.isLeader ?? false;
  }

  join(): void {
    const { environment, name, id } = this.#options;
    this.#group = new TabGroup(environment, {
      ...{ name, id },
      onLead: () => this.#onLead(),
      onMessage: (message) => this.#onMessage(message),
    });
    this.#hello();
  }

  leave(): void {
    this.#group?.leave();
    this.#group = undefined;
  }

  /** The document changed here. */
  onUpdate(update: Uint8Array): void {
    if (this.#isLeader) this.#group?.post({ kind: "update", update });
  }

  /** The connection of this tab changed. */
  onStatus(status: YjsProviderStatus, atTail: boolean): void {
    this.#status = status;
    this.#atTail = atTail;
    if (this.#isLeader) this.#group?.post({ kind: "status", status, atTail });
  }

  #hello(): void {
    const { id, yjs, sync } = this.#options;
    const stateVector = yjs.encodeStateVector(sync.doc as never);
    this.#group?.post({ kind: "hello", from: id, stateVector });
  }

  /** What was here so far came by way of another tab: it is compared with what the server has. */
  #onLead(): void {
    const { sync, sender, lead } = this.#options;
    sender.hold();
    this.#leaderPost.onLeaderChanged();
    sync.outbox.renumber();
    lead(this.#hasFollowed);
    this.#hasFollowed = false;
    this.#group?.post({ kind: "lead" });
  }

  #onMessage(message: TabMessage): void {
    if (message.kind === "presence") this.#options.who?.applyOfTab(message.update);
    else if (this.#isLeader) this.#onMessageToLeader(message);
    else this.#onMessageToFollower(message);
  }

  #onMessageToLeader(message: TabMessage): void {
    if (message.kind === "hello") this.#welcome(message);
    if (message.kind !== "change") return;
    const { sync } = this.#options;
    sync.applyOfTab(new FrameDecoder().push(message.body));
    const { from: to, number } = message;
    sync.whenStored(() => this.#group?.post({ kind: "stored", to, number }));
  }

  #welcome({ from, stateVector }: TabMessageOf<"hello">): void {
    const { yjs, sync, who } = this.#options;
    this.#group?.post({
      kind: "welcome",
      to: from,
      update: yjs.encodeStateAsUpdate(sync.doc as never, stateVector),
      stateVector: yjs.encodeStateVector(sync.doc as never),
      presence: who?.all(),
      status: this.#status,
      atTail: this.#atTail,
    });
  }

  #onMessageToFollower(message: TabMessage): void {
    const { sync, onStatus } = this.#options;
    switch (message.kind) {
      case "lead":
        this.#leaderPost.onLeaderChanged();
        this.#hello();
        break;
      case "welcome":
        this.#onWelcome(message);
        break;
      case "update":
        sync.apply([message.update]);
        break;
      case "stored":
        this.#leaderPost.onStored(message.number);
        break;
      case "status":
        onStatus(message.status, message.atTail);
    }
  }

  /** What the leader lacks is all that is not known to be stored. */
  #onWelcome({ update, stateVector, presence, status, atTail }: TabMessageOf<"welcome">): void {
    const { yjs, sync, sender, who, onStatus } = this.#options;
    this.#hasFollowed = true;
    sync.apply([update]);
    const lacking = yjs.encodeStateAsUpdate(sync.doc as never, stateVector);
    sync.replaceOutbox(lacking.length > NOTHING_BYTES ? lacking : undefined);
    if (presence !== undefined) who?.applyOfTab(presence);
    who?.announce();
    onStatus(status, atTail);
    sender.start();
  }
}
