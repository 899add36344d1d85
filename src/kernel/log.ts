/** What may stand in a log line: numbers, ids of ours, codes, names of nodes and destinations. Never contents or identities. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Structured log: one JSON object a line on standard error. */
export interface Log {
  debug(event: string, facts?: LogFacts): void
  info(event: string, facts?: LogFacts): void
  warn(event: string, facts?: LogFacts, error?: unknown): void
  error(event: string, facts?: LogFacts, error?: unknown): void
  with(facts: LogFacts): Log
}

const order: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 }

/** The kind of an error without its message: a database's message can quote the value it did not like. */
function errorFacts(error: unknown): LogFacts {
  if (error === undefined) return {}
  if (!(error instanceof Error)) return { error: typeof error }
  const code = (error as Error & { code?: unknown }).code
  const place = error.stack
    ?.split('\n')
    .find((line) => line.startsWith('    at '))
    ?.trim()
    .slice(3, 160)
  return { error: error.name, errorCode: typeof code === 'string' ? code : undefined, errorAt: place }
}

/**
 * Makes a log. `write` gets finished lines.
 *
 * @example makeLog('info', { node: 'a' }).info('listening', { port: 8080 })
 */
export function makeLog(
  level: LogLevel,
  always: LogFacts = {},
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  const put = (at: LogLevel, event: string, facts: LogFacts = {}, error?: unknown): void => {
    if (order[at] < order[level]) return
    write(
      `${JSON.stringify({ at: new Date().toISOString(), level: at, event, ...always, ...facts, ...errorFacts(error) })}\n`,
    )
  }
  return {
    debug: (event, facts) => put('debug', event, facts),
    info: (event, facts) => put('info', event, facts),
    warn: (event, facts, error) => put('warn', event, facts, error),
    error: (event, facts, error) => put('error', event, facts, error),
    with: (facts) => makeLog(level, { ...always, ...facts }, write),
  }
}

/** A log that says nothing, for tests. */
export const silentLog: Log = makeLog('error', {}, () => undefined)
