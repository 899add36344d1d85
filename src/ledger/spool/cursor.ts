import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from '../../kernel/durable-file.ts'
import { byteReader, writeAll, type OpenFile } from './files.ts'

/** Everything before this place is drained. */
export interface Position {
  readonly segment: number
  readonly offset: number
}

/** Whether `a` lies before `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset)
}

/** The durable place of the drain. */
export interface CursorFile {
  /** Where the drain was; segment 0 when nothing was ever drained or the file tells nothing: all is drained again. */
  readonly start: Position
  move(to: Position): Promise<void>
  close(): Promise<void>
}

const slotBytes = 28
const slotOffsets = [0, 4096] as const

/**
 * Opens the cursor. It is written over in place, in two slots by turns: a torn write leaves the other slot, and a full
 * disk, which only draining can empty, does not keep it from moving.
 */
export async function openCursor(path: string, openFile: OpenFile): Promise<CursorFile> {
  const handle = await openFile(path, 'r+', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return create(path, openFile)
  })
  const newest = await newestSlot(handle)
  let turn = newest.turn
  return {
    start: newest.position,
    async move(position) {
      turn += 1
      await writeAll(handle, makeSlot({ turn, position }), slotOffsets[turn % 2 === 0 ? 0 : 1])
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}

/**
 * The place of the drain, from outside: the node that moves it may run. Segment 0 when there is no such file.
 *
 * @example (await readCursor('.sluis/spool/cursor', open)).segment // 0
 */
export async function readCursor(path: string, openFile: OpenFile): Promise<Position> {
  const handle = await openFile(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return null
  })
  if (handle === null) return start
  try {
    return (await newestSlot(handle)).position
  } finally {
    await handle.close()
  }
}

const start: Position = { segment: 0, offset: 0 }

async function newestSlot(handle: FileHandle): Promise<Slot> {
  let newest: Slot = { turn: 0, position: start }
  for (const offset of slotOffsets) {
    const slot = parseSlot(await byteReader(handle, offset + slotBytes, slotBytes).view(offset, slotBytes))
    if (slot !== null && slot.turn > newest.turn) newest = slot
  }
  return newest
}

async function create(path: string, openFile: OpenFile): Promise<FileHandle> {
  const handle = await openFile(path, 'wx+', 0o600)
  await writeAll(handle, Buffer.alloc(slotOffsets[1] + slotBytes), 0)
  await handle.sync()
  await syncFolder(dirname(path))
  return handle
}

interface Slot {
  readonly turn: number
  readonly position: Position
}

function makeSlot(slot: Slot): Buffer {
  const bytes = Buffer.allocUnsafe(slotBytes)
  bytes.writeDoubleBE(slot.turn, 0)
  bytes.writeDoubleBE(slot.position.segment, 8)
  bytes.writeDoubleBE(slot.position.offset, 16)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 24)), 24)
  return bytes
}

function parseSlot(bytes: Buffer): Slot | null {
  if (bytes.length < slotBytes || bytes.readUInt32BE(24) !== crc32(bytes.subarray(0, 24))) return null
  return { turn: bytes.readDoubleBE(0), position: { segment: bytes.readDoubleBE(8), offset: bytes.readDoubleBE(16) } }
}
