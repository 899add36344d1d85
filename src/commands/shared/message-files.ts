import { readFileSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { recognise } from '../../formats/recognise.ts'
import { readBytes } from '../command-io.ts'
import { filesOf, whyClosed } from './files.ts'
import { WrongUse } from './outcome.ts'

/** One message of a file, as it is to be sent: its bytes are not touched. */
export interface FoundMessage {
  readonly file: string
  /** Place in the file, from 0. */
  readonly index: number
  readonly bytes: Uint8Array
  /** Null when it looks like nothing that is known. */
  readonly contentType: string | null
}

const largest = 64 * 1024 * 1024

/**
 * The messages in files: one each, or one a line; `-` is `stdin`, a folder is walked in order of name. With a content type
 * given every file is one message, whatever it holds. Throws `WrongUse` for a file that cannot be opened.
 */
export async function* findMessages(
  files: readonly string[],
  contentType: string | undefined,
  stdin: Readable,
): AsyncGenerator<FoundMessage> {
  for (const given of files) {
    for (const found of filesOf(given)) {
      if (found.state === 'closed') throw new WrongUse(`${found.file}: ${found.why}`)
      const { file } = found
      const content = file === '-' ? await readBytes(stdin, largest) : readFile(file)
      if (content === null) throw new WrongUse(`${file === '-' ? 'standard input' : file} is too large to be a message`)
      if (contentType === undefined) yield* split(file, content)
      else yield { file, index: 0, bytes: content, contentType }
    }
  }
}

function* split(file: string, content: Uint8Array): Generator<FoundMessage> {
  const found = recognise(content)
  const parts = found.state === 'lines' ? found.lines : [content]
  for (const [index, bytes] of parts.entries()) {
    const one = found.state === 'lines' ? recognise(bytes) : found
    yield { file, index, bytes, contentType: one.state === 'message' ? (one.format.contentTypes[0] ?? null) : null }
  }
}

/** The bytes of a file; null when it is too large to be a message. */
function readFile(file: string): Buffer | null {
  try {
    return statSync(file).size > largest ? null : readFileSync(file)
  } catch (error) {
    throw new WrongUse(`${file}: ${whyClosed(error)}`)
  }
}
