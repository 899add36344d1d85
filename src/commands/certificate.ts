import { issue, issueHelp } from './certificate-issue.ts'
import { verify, verifyHelp } from './certificate-verify.ts'
import type { CommandIo } from './command-io.ts'

const help = `sluis certificate issue    make an EU Digital COVID Certificate from JSON on standard input
sluis certificate verify   say whether one holds, and if not why

${issueHelp}
${verifyHelp}`

/** `sluis certificate`: 0 good, 1 the certificate does not hold or cannot be made, 2 wrong use. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [action, ...rest] = args
  if (action === 'issue') return issue(rest, io)
  if (action === 'verify') return verify(rest, io)
  const asked = action === '--help' || action === 'help'
  ;(asked ? io.stdout : io.stderr).write(help)
  return asked ? 0 : 2
}
