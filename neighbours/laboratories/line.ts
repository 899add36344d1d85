/** What became of one message, as its laboratory was told. */
export type Custody =
  | { readonly state: 'acknowledged'; readonly receipt: string }
  /** Kept by the hub, and not read. */
  | { readonly state: 'unreadable' }
  /** Not taken, or taken without a receipt. */
  | { readonly state: 'refused' }

/** A laboratory's line to the hub: messages go out in order, and again with the same bytes until they are answered. */
export interface LaboratoryLine {
  send(bytes: Buffer, settled: (custody: Custody) => void): void
  /** Sends nothing while it holds; what is given meanwhile waits. */
  hold(on: boolean): void
  /** Where the hub is from now on; empty = nowhere yet. */
  aim(address: string): void
  waiting(): number
  /** How often a message or a line had to be tried again. */
  reconnects(): number
  close(): void
}
