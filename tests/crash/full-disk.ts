// Loaded into a node before anything else (`--import`): while the file named by SLUIS_TEST_FULL is there, the disk under the
// spool is full. It takes half of a write and refuses the rest, as a disk does.
import { existsSync } from 'node:fs'
import files, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const sign = process.env['SLUIS_TEST_FULL']!
const openReally = files.open

type Write = (bytes: Buffer, from: number, length: number, at: number) => Promise<unknown>

files.open = async (path, flags, mode): Promise<FileHandle> => {
  const handle = await openReally(path, flags, mode)
  // The place of the drain is written over, which needs no room.
  if (!/\/spool\/.*\.(segment|draft)$/.test(String(path))) return handle
  const writeReally = handle.write.bind(handle) as Write
  const write: Write = async (bytes, from, length, at) => {
    if (!existsSync(sign)) return writeReally(bytes, from, length, at)
    await writeReally(bytes, from, Math.floor(length / 2), at)
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  return Object.assign(handle, { write })
}
syncBuiltinESMExports()
