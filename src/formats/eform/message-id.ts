import type { Fault } from '../../kernel/fault.ts'

/** The sender's id: 1 to 64 visible ASCII characters, so that it can be searched, printed and put in a header. */
export function readMessageId(value: unknown): { messageId: string; fault: Fault | null } {
  if (typeof value === 'string' && /^[!-~]{1,64}$/.test(value)) return { messageId: value, fault: null }
  const absent = value === undefined || value === null || value === ''
  return {
    messageId: '',
    fault: {
      code: absent ? 'field-missing' : 'message-id-unusable',
      severity: 'error',
      path: '/messageId',
      params: absent ? { field: 'messageId' } : { max: 64 },
    },
  }
}
