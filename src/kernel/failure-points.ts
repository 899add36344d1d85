/**
 * Named places between a commit and its effect where a crash must lose nothing. Each name says which race it opens.
 * A crash test kills the process there (`SLUIS_FAIL_AT=<name>`, optionally `<name>:<n>` for the n-th pass); in production
 * the call is one comparison.
 */
export const failurePoints = {
  'accept-before-commit': 'bytes are in memory, nothing is stored, no receipt was given',
  'accept-after-commit': 'the message is stored, the sender has not been answered',
  'spool-before-sync': 'a frame is written but not yet durable',
  'spool-before-journal': 'a frame is durable, its receipt is not on the list of those given',
  'spool-after-sync': 'a frame is durable, the sender has not been answered',
  'drain-after-commit': 'spooled messages are stored, the spool cursor has not moved',
  'spool-after-aside': 'a message the database refuses is kept aside, the spool cursor has not moved',
  'spool-after-cursor': 'the spool cursor has moved, what lies before it is not deleted',
  'step-before-commit': 'a step is done in an open transaction',
  'step-after-commit': 'a step is committed, the next one has not been woken',
  'claim-after-commit': 'deliveries are leased, nothing has been sent',
  'send-before-request': 'the destination has not been asked yet',
  'send-after-answer': 'the destination has acted and answered, nothing is written down',
  'settle-after-commit': 'the acknowledgement is stored, the next delivery has not been released',
  'callback-after-commit': 'an acknowledgement that came by itself is stored, the destination has not been answered',
  'seal-before-commit': 'a block is computed and not written',
  'webhook-after-answer': 'the sender’s webhook took the events, the cursor has not moved',
  'replay-after-release': 'a batch of a replay is released, its cursor is in the same transaction',
  'care-before-commit':
    'monitor items are evaluated and written in an open transaction, their marks are taken off in it',
  'care-after-commit': 'evaluated monitor items are stored, nobody has been told of them',
  'retention-after-detach': 'a period is closed and stands apart, its tables are not dropped',
} as const

export type FailurePoint = keyof typeof failurePoints

const wanted = process.env['SLUIS_FAIL_AT']?.split(':')
const target = wanted?.[0]
let passesLeft = Number(wanted?.[1] ?? 1)

/** Ends the process at once, without cleaning up, when a crash test asked for this point. */
export function failurePoint(name: FailurePoint): void {
  if (target === undefined || target !== name) return
  passesLeft -= 1
  if (passesLeft <= 0) process.kill(process.pid, 'SIGKILL')
}
