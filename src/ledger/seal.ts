import { services, type Service } from '../formats/record.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { sha256 } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import {
  becomeSealer,
  blocksFrom,
  insertBlock,
  lastBlock,
  leavesAfter,
  leavesUpTo,
  type BlockRow,
  type Leaf,
} from '../store/blocks.ts'
import { inTransaction, isDatabaseAway, type Database, type Queryable } from '../store/connect.ts'
import { blocksGone } from '../store/retention.ts'
import type { Cursor } from '../store/status-feed.ts'

const largestBlock = 5_000
const zeroHead = Buffer.alloc(32)

/** Merkle root over leaf hashes; an odd one out goes up as it is (RFC 9162 has the idea; this is a plain binary tree). */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let level = [...leaves]
  if (level.length === 0) return zeroHead
  while (level.length > 1) {
    const above: Buffer[] = []
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1]
      above.push(right === undefined ? level[i]! : sha256(Buffer.concat([level[i]!, right])))
    }
    level = above
  }
  return level[0]!
}

function makeBlock(service: Service, previous: BlockRow | null, leaves: readonly Leaf[]): BlockRow {
  const first = leaves[0]!
  const last = leaves.at(-1)!
  const block = {
    service,
    number: (previous?.number ?? 0) + 1,
    fromXid: first.xid,
    fromId: first.id,
    toXid: last.xid,
    toId: last.id,
    entries: leaves.length,
    root: merkleRoot(leaves.map((leaf) => leaf.hash)),
    previous: previous?.head ?? zeroHead,
  }
  return { ...block, head: headOf(block) }
}

function headOf(block: Omit<BlockRow, 'head'>): Buffer {
  const facts = [block.service, block.number, block.fromXid, block.fromId, block.toXid, block.toId, block.entries].join(
    '|',
  )
  return sha256(Buffer.concat([block.previous, block.root, Buffer.from(facts)]))
}

async function sealService(tx: Queryable, service: Service): Promise<number> {
  const previous = await lastBlock(tx, service)
  const after = previous === null ? { xid: '0', id: 0 } : { xid: previous.toXid, id: previous.toId }
  const leaves = await leavesAfter(tx, service, after, largestBlock)
  if (leaves.length === 0) return 0
  const block = makeBlock(service, previous, leaves)
  failurePoint('seal-before-commit')
  await insertBlock(tx, block)
  return leaves.length
}

/** Seals what is committed and not yet sealed, one block a service; one sealer at a time. Returns entries sealed. */
export async function sealOnce(db: Database): Promise<number> {
  return inTransaction(db, async (tx) => {
    if (!(await becomeSealer(tx))) return 0
    let sealed = 0
    for (const service of services) sealed += await sealService(tx, service)
    return sealed
  })
}

/** Seals every few seconds until stopped; goes on at once while blocks are full. */
export function startSealer(db: Database, log: Log): { stop(): Promise<void> } {
  let stopped = false
  let wake: () => void = () => undefined
  const running = (async () => {
    while (!stopped) {
      const sealed = await sealOnce(db).catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error('seal-failed', {}, error)
        return 0
      })
      if (sealed >= largestBlock || stopped) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 3_000)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return {
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}

/**
 * Whether one block still is what was sealed: its entries, its head, and its link to the block before. Of a block whose
 * entries retention took away, the head and the link.
 */
export async function blockHolds(db: Queryable, service: Service, number: number): Promise<boolean> {
  const blocks = await blocksFrom(db, service, Math.max(1, number - 1), 2)
  const block = blocks.find((one) => one.number === number)
  const before = blocks.find((one) => one.number === number - 1)
  if (block === undefined) return false
  const after = before === undefined ? { xid: '0', id: 0 } : { xid: before.toXid, id: before.toId }
  const sameRoot = number <= (await blocksGone(db, service)) || (await rootHolds(db, block, after)).holds
  return sameRoot && block.previous.equals(before?.head ?? zeroHead) && headOf(block).equals(block.head)
}

async function rootHolds(db: Queryable, block: BlockRow, after: Cursor): Promise<{ holds: boolean; entries: number }> {
  const leaves = await leavesUpTo(db, block.service, after, { xid: block.toXid, id: block.toId })
  const same = leaves.length === block.entries && merkleRoot(leaves.map((leaf) => leaf.hash)).equals(block.root)
  return { holds: same, entries: leaves.length }
}

export interface ChainVerdict {
  readonly service: Service
  readonly blocks: number
  readonly entries: number
  /** Numbers of blocks whose entries or head are not what was sealed. */
  readonly broken: readonly number[]
}

/**
 * Recomputes every block of a service from its entries and compares. `progress` gets the number of blocks done. An entry
 * that was changed, taken away or put in between breaks its block; so does a block without any of its entries. Blocks whose
 * entries retention took away were recomputed before; of these the heads and links are looked at, which hold the others.
 */
export async function verifyChain(
  db: Database,
  service: Service,
  progress: (blocks: number) => void = () => undefined,
): Promise<ChainVerdict> {
  const broken: number[] = []
  const gone = await blocksGone(db, service)
  let entries = 0
  let number = 1
  let previous: Buffer = zeroHead
  let after: Cursor = { xid: '0', id: 0 }
  for (;;) {
    const blocks = await blocksFrom(db, service, number, 20)
    if (blocks.length === 0) break
    for (const block of blocks) {
      const root = number <= gone ? { holds: true, entries: 0 } : await rootHolds(db, block, after)
      const linked = block.number === number && block.previous.equals(previous) && headOf(block).equals(block.head)
      if (!root.holds || !linked) broken.push(block.number)
      entries += root.entries
      previous = block.head
      after = { xid: block.toXid, id: block.toId }
      number = block.number + 1
    }
    progress(number - 1)
  }
  return { service, blocks: number - 1, entries, broken }
}
