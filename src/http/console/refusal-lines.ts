import { errorTable, errorText, type ErrorCode } from '../../kernel/errors.ts'
import type { Language, Params } from '../../kernel/language.ts'
import type { TallyLine } from '../../store/tally.ts'
import type { Refusal } from '../../web/parts/refusals.tsx'
import type { View } from '../../web/view.ts'

/** Refusals by code, most first. */
export function tellRefusals(view: View, lines: readonly TallyLine[]): Refusal[] {
  const codes = [...new Set(lines.map((line) => line.code))]
  return codes
    .map((code) => {
      const same = lines.filter((line) => line.code === code)
      return {
        code,
        meaning: meaningOf(code, view.language) ?? view.t.refusedUnexplained,
        count: same.reduce((sum, line) => sum + line.count, 0),
        lastAt: same.reduce((last, line) => (line.lastAt > last ? line.lastAt : last), new Date(0)).toISOString(),
      }
    })
    .sort((a, b) => b.count - a.count)
}

/** The sentence of a code of ours; what it names stays in the message, so its places are left open. Null for others' codes. */
export function meaningOf(code: string, language: Language, params: Params = {}): string | null {
  if (!Object.hasOwn(errorTable, code)) return null
  return errorText(code as ErrorCode, params, language).replaceAll(/\{\w+\}\.?/g, '…')
}
