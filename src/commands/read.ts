import { openSync, readFileSync, readSync, closeSync, statSync } from 'node:fs'
import { readMessages, tooLarge, type ReadLine } from '../formats/read-lines.ts'
import { readBytes, written, type CommandIo } from './command-io.ts'
import { filesOf, whyClosed } from './shared/files.ts'
import { text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { readMoment } from './shared/when.ts'

const help = `sluis read <files or folders...> [--json] [--at TIME]

Says what is in files: one line for every message found. A folder is walked; - is standard input. Nothing is sent. Results
of laboratories are counted in the bytes: each is read, or kept unread with its reason; a last line has the sums.

  --json      {file, index, format, ok, kind, sender, controlId, records, counts, errors, warnings} a line;
              a file without a message has format null
  --at TIME   as if received at this time (ISO 8601 with zone, or a day; default now)

Exit code: 0 all good, 1 a message has errors, 2 wrong use or a file that cannot be opened.
`

/** Larger files are not read whole; a message is far smaller than this. */
const largest = 32 * 1024 * 1024

/** `sluis read`: 0 when every message is good, 1 when one is not, 2 on wrong use or a file that cannot be opened. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options: { at: text } }, (values, files) => {
    if (files.length === 0) throw new WrongUse('read takes at least one file')
    const at = values.at === undefined ? new Date() : readMoment('at', values.at)
    return values.json === true ? tell(files, at, JSON.stringify, io) : tellInWords(files, at, io)
  })
}

/** In words, with a last line that has the sums when there was more than one message. */
async function tellInWords(given: readonly string[], at: Date, io: CommandIo): Promise<number> {
  const files = new Set<string>()
  const all = { messages: 0, results: 0, read: 0, kept: 0 }
  const code = await tell(given, at, (line) => (files.add(line.file), add(all, line), describe(line)), io)
  if (all.messages > 1) io.stdout.write(`${count(files.size, 'file')}, ${count(all.messages, 'message')}${sums(all)}\n`)
  return code
}

/** Results of a laboratory: those counted in the bytes, and what became of them. */
interface Results {
  readonly results: number
  readonly read: number
  readonly kept: number
}

function resultsIn({ counts }: ReadLine): Results {
  const results = counts['obx'] ?? counts['observations'] ?? 0
  return { results, read: results === 0 ? 0 : (counts['mapped'] ?? 0), kept: results === 0 ? 0 : (counts['kept'] ?? 0) }
}

function add(all: Results & { messages: number }, line: ReadLine): void {
  const { results, read, kept } = resultsIn(line)
  all.messages += line.format === null ? 0 : 1
  Object.assign(all, { results: all.results + results, read: all.read + read, kept: all.kept + kept })
}

function sums({ results, read, kept }: Results): string {
  if (results === 0) return ''
  const lost = results - read - kept
  const verdict = lost === 0 ? 'every one accounted for' : `${lost} not accounted for`
  return `: ${count(results, 'result')} in the bytes = ${read} read + ${kept} kept unread, ${verdict}`
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}

/** Writes every line there is; gives the exit code. */
async function tell(
  files: readonly string[],
  at: Date,
  words: (line: ReadLine) => string,
  io: CommandIo,
): Promise<number> {
  const progress = progressOn(io)
  let code = 0
  for (const given of files) {
    for (const found of filesOf(given)) {
      const lines = found.state === 'closed' ? found.why : await linesOf(found.file, at, io)
      if (typeof lines === 'string') {
        io.stderr.write(`${found.file}: ${lines}\n`)
        code = 2
        continue
      }
      for (const line of lines) {
        if (!line.ok && code === 0) code = 1
        await written(io.stdout, `${words(line)}\n`)
      }
      progress()
    }
  }
  return code
}

/** The lines of one file, or why it cannot be opened. */
async function linesOf(file: string, receivedAt: Date, io: CommandIo): Promise<readonly ReadLine[] | string> {
  try {
    if (file === '-') {
      const stdin = await readBytes(io.stdin, largest)
      return stdin === null ? [tooLarge(file, largest)] : readMessages(file, stdin, { receivedAt })
    }
    const { size } = statSync(file)
    if (size <= largest) return readMessages(file, readFileSync(file), { receivedAt })
    const [start] = readMessages(file, firstBytes(file), { receivedAt })
    return start?.format === null ? [start] : [tooLarge(file, largest)]
  } catch (error) {
    return whyClosed(error)
  }
}

function firstBytes(file: string): Buffer {
  const bytes = Buffer.alloc(65_536)
  const handle = openSync(file, 'r')
  try {
    return bytes.subarray(0, readSync(handle, bytes))
  } finally {
    closeSync(handle)
  }
}

/** Tells on standard error every two seconds how many files were read. */
function progressOn(io: CommandIo): () => void {
  let files = 0
  let last = performance.now()
  return () => {
    files++
    if (performance.now() - last < 2_000) return
    last = performance.now()
    io.stderr.write(`${files} files read\n`)
  }
}

function describe(line: ReadLine): string {
  const place = line.index === 0 ? line.file : `${line.file} (${line.index + 1})`
  if (line.format === null) return `${place}: no message`
  const { results, read, kept } = resultsIn(line)
  const found =
    results === 0 ? count(line.records, 'record') : `${count(results, 'result')} = ${read} read + ${kept} kept`
  const head = `${place}: ${line.format}, ${line.kind ?? 'unknown kind'}, ${found}, ${line.ok ? 'good' : 'refused'}`
  const faults = [
    ...line.errors.map((one) => ['error', one] as const),
    ...line.warnings.map((one) => ['warning', one] as const),
  ]
  return [head, ...faults.map(([word, one]) => `  ${word}: ${one.message} (${one.code} ${one.path})`)].join('\n')
}
