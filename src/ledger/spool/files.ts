import { rename, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../kernel/durable-file.ts'
import { SluisError } from '../../kernel/errors.ts'
import { makeFolderSync } from '../../kernel/make-folder.ts'

/** Opens a file; a test gives its own to let the disk fail. */
export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>

/** Reads a stretch of a file through a window. */
export interface ByteReader {
  readonly end: number
  /** The bytes from `offset`, fewer than `length` only where the file ends. They stay as they are after later calls. */
  view(offset: number, length: number): Promise<Buffer>
}

/** A reader of the first `end` bytes; `ahead` is how many bytes it fetches at once. */
export function byteReader(handle: FileHandle, end: number, ahead = 256 * 1024): ByteReader {
  let window: Buffer = Buffer.alloc(0)
  let start = 0
  return {
    end,
    async view(offset, length) {
      const wanted = Math.max(0, Math.min(length, end - offset))
      if (offset < start || offset + wanted > start + window.length) {
        window = await readStretch(handle, offset, Math.min(Math.max(wanted, ahead), end - offset))
        start = offset
      }
      return window.subarray(offset - start, offset - start + wanted)
    },
  }
}

async function readStretch(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** Writes all bytes at a place; a full disk may take a part before it refuses. */
export async function writeAll(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, bytes.length - written, offset + written)).bytesWritten
  }
}

/** Writes a whole file under its name, or not at all. */
export async function writeDurably(folder: string, name: string, bytes: Buffer, openFile: OpenFile): Promise<void> {
  const draft = join(folder, `${name}.draft`)
  const handle = await openFile(draft, 'w', 0o600)
  try {
    await writeAll(handle, bytes, 0)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, join(folder, name))
  await syncFolder(folder)
}

/** Makes a folder that only this user can read. Throws `spool-unusable`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    makeFolderSync(folder)
  } catch (error) {
    throw unusable(folder, error)
  }
}

/** The error for a folder of the spool in which reading or writing failed. */
export function unusable(folder: string, cause: unknown): SluisError {
  if (cause instanceof SluisError) return cause
  return new SluisError('spool-unusable', { folder, reason: errorCode(cause) }, { cause })
}

/** The system's code of an error (`ENOSPC`), or its class. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as NodeJS.ErrnoException
  return code ?? error.name
}
