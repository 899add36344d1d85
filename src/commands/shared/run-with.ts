import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { CommandIo } from '../../cli.ts'
import { errorText, SluisError } from '../../kernel/errors.ts'
import type { Language } from '../../kernel/language.ts'
import { isDatabaseAway } from '../../store/connect.ts'
import { readerLanguage } from './language.ts'
import { BadAnswer, WrongUse } from './outcome.ts'

type Options = NonNullable<ParseArgsConfig['options']>

const common = { json: { type: 'boolean' }, help: { type: 'boolean' }, language: { type: 'string' } } as const

type Given<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O & typeof common; allowPositionals: true }>
>

export interface Use<O extends Options> {
  readonly args: readonly string[]
  readonly io: CommandIo
  readonly help: string
  readonly options: O
}

export type Work<O extends Options> = (
  values: Given<O>['values'],
  positionals: readonly string[],
  language: Language,
) => Promise<number>

/**
 * Reads the options of a command (with --help, --json and --language, which all have) and does its work. A `WrongUse`
 * becomes 2 with a sentence; a `BadAnswer`, an error of the table or a database that is away becomes 1.
 *
 * @example runWith({ args, io, help, options: { to: { type: 'string' } } }, async (values) => 0)
 */
export async function runWith<const O extends Options>(use: Use<O>, work: Work<O>): Promise<number> {
  const { args, io, help } = use
  let language: Language = 'en'
  try {
    const options = { ...use.options, ...common }
    const given = parseArgs({ args: [...args], options, allowPositionals: true })
    const asked = given.values as { readonly help?: boolean; readonly language?: string }
    if (asked.help === true) {
      io.stdout.write(help)
      return 0
    }
    language = readerLanguage(asked.language)
    return await work(given.values, given.positionals, language)
  } catch (error) {
    const sentence = sentenceOf(error, language)
    if (sentence === null) throw error
    io.stderr.write(`${sentence}\n`)
    if (!isWrongUse(error)) return 1
    io.stderr.write(`\n${help}`)
    return 2
  }
}

function isWrongUse(error: unknown): boolean {
  return error instanceof WrongUse || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
}

/** What a person is told of an error; null for one that nobody foresaw. */
function sentenceOf(error: unknown, language: Language): string | null {
  if (error instanceof BadAnswer || isWrongUse(error)) return (error as Error).message
  if (error instanceof SluisError) return `${errorText(error.code, error.params, language)} (${error.code})`
  if (!databaseDoesNotAnswer(error)) return null
  const { code, message } = error as NodeJS.ErrnoException
  return `The database does not answer (${code ?? message}). Look whether it runs, or say which with DATABASE_URL or --data.`
}

/** A file or folder that is missing or closed is told with the same codes as the socket of a database. */
function databaseDoesNotAnswer(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'EACCES' ? syscall === 'connect' : isDatabaseAway(error)
}
