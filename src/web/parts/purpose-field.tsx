import { purposeWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/**
 * Why somebody looks at what belongs to a person. Nothing is chosen beforehand: what is logged must have been said, not
 * left standing.
 */
export function PurposeField({ view, purposes }: { view: View; purposes: readonly string[] }) {
  const known = purposes.filter((purpose) => Object.hasOwn(purposeWords, purpose))
  return (
    <fieldset class="choices">
      <legend>{view.t.purpose.label}</legend>
      {known.map((purpose) => (
        <label key={purpose}>
          <input type="radio" name="purpose" value={purpose} required />
          {view.word(purposeWords, purpose)}
        </label>
      ))}
    </fieldset>
  )
}
