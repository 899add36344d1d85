import type { TablesDiff } from '../../formats/lab/tables-diff.ts'
import { addresses } from '../addresses.ts'
import { ruleFieldWords } from '../texts/lab-words.ts'
import type { View } from '../view.ts'
import { SelectField } from './form.tsx'
import { Empty } from './notices.tsx'

/** One rule as it is shown: what it asks for in words, and the expression that asks it. */
export interface ShownRule {
  readonly id: string
  readonly text: string
  readonly severity: 'flag' | 'withhold' | 'refuse'
  readonly expression: string
}

/** What one version changes beside another, in words. */
export interface ShownDiff {
  readonly from: string
  readonly to: string
  readonly added: readonly ShownRule[]
  readonly removed: readonly ShownRule[]
  readonly changed: readonly {
    readonly id: string
    readonly fields: readonly string[]
    readonly before: ShownRule
    readonly after: ShownRule
    /** Stored records must be judged anew by it; a better text is no reason. */
    readonly judgesAnew: boolean
  }[]
  readonly unchanged: number
  /** Fields of the pack itself that differ. */
  readonly pack: readonly string[]
  /** Lines of the tables of codes and units that differ; null where they say the same. */
  readonly tables: TablesDiff | null
}

export function PackDiffPart(props: { view: View; pack: string; diff: ShownDiff; versions: readonly string[] }) {
  const { view, pack, diff, versions } = props
  const words = view.t.lab.diff
  const choices = versions.map((version) => ({ value: version, text: version }))
  const differing = diff.added.length + diff.removed.length + diff.changed.length + diff.pack.length
  const nothing = differing === 0 && diff.tables === null
  return (
    <section aria-labelledby="diff-title" id="diff">
      <h2 id="diff-title">{words.title(diff.from, diff.to)}</h2>
      {versions.length > 1 && (
        <form class="toolbar" action={`${addresses.pack(pack)}#diff`} method="get">
          <SelectField id="from" label={words.from} value={diff.from} choices={choices} />
          <SelectField id="to" label={words.to} value={diff.to} choices={choices} />
          <button>{words.compare}</button>
        </form>
      )}
      {nothing ? (
        <Empty sentence={words.same(diff.unchanged)} />
      ) : (
        <p>{words.summary(diff.added.length, diff.removed.length, diff.changed.length, diff.unchanged)}</p>
      )}
      {diff.pack.length > 0 && (
        <p>{words.packFields(view.f.list(diff.pack.map((field) => view.word(ruleFieldWords, field))))}</p>
      )}
      <ul class="rule-diff">
        {diff.added.map((rule) => (
          <li key={rule.id} class="is-added">
            <Rule view={view} rule={rule} said={words.added} />
          </li>
        ))}
        {diff.removed.map((rule) => (
          <li key={rule.id} class="is-removed">
            <Rule view={view} rule={rule} said={words.removed} />
          </li>
        ))}
        {diff.changed.map((rule) => (
          <Changed key={rule.id} view={view} rule={rule} />
        ))}
      </ul>
      {diff.tables !== null && <TablesDiffPart view={view} tables={diff.tables} level={3} />}
    </section>
  )
}

/** More than these are told by their number. */
const linesAtMost = 50

/** What words of laboratories would mean otherwise. */
export function TablesDiffPart({ view, tables, level }: { view: View; tables: TablesDiff; level: 2 | 3 }) {
  const words = view.t.lab.diff
  const title = words.tables(tables.from.replace('@', ' '), tables.to.replace('@', ' '))
  const parts = [
    ['is-added', words.added, tables.added],
    ['is-removed', words.removed, tables.removed],
    ['is-changed', words.changed, tables.changed],
  ] as const
  return (
    <>
      {level === 2 ? <h2>{title}</h2> : <h3>{title}</h3>}
      <ul class="rule-diff">
        {parts
          .filter(([, , lines]) => lines.length > 0)
          .map(([kind, said, lines]) => (
            <li key={kind} class={kind}>
              <p>
                <strong>{said}</strong> {view.f.number(lines.length)}
              </p>
              <ul class="table-lines">
                {lines.slice(0, linesAtMost).map((line) => (
                  <li key={line}>
                    <code>{line}</code>
                  </li>
                ))}
              </ul>
              {lines.length > linesAtMost && <p>{view.t.andMore(lines.length - linesAtMost)}</p>}
            </li>
          ))}
      </ul>
    </>
  )
}

function Rule({ view, rule, said }: { view: View; rule: ShownRule; said: string }) {
  return (
    <>
      <p>
        <strong>{said}</strong> <code>{rule.id}</code> · {view.t.lab.diff.effects[rule.severity]}
      </p>
      <p>{rule.text}</p>
      <Expression view={view} text={rule.expression} />
    </>
  )
}

function Changed({ view, rule }: { view: View; rule: ShownDiff['changed'][number] }) {
  const words = view.t.lab.diff
  const { before, after } = rule
  return (
    <li class="is-changed">
      <p>
        <strong>{words.changed}</strong> <code>{rule.id}</code>:{' '}
        {view.f.list(rule.fields.map((field) => view.word(ruleFieldWords, field)))} ·{' '}
        {rule.judgesAnew ? words.judgesAnew : words.textOnly}
      </p>
      {before.severity !== after.severity && (
        <p>{words.wasIs(words.effects[before.severity], words.effects[after.severity])}</p>
      )}
      {before.text !== after.text && (
        <p>
          <del>{before.text}</del> <ins>{after.text}</ins>
        </p>
      )}
      {before.expression !== after.expression && (
        <>
          <p>{words.was}</p>
          <Expression view={view} text={before.expression} />
          <p>{words.is}</p>
          <Expression view={view} text={after.expression} />
        </>
      )}
    </li>
  )
}

function Expression({ view, text }: { view: View; text: string }) {
  return text === '' ? null : (
    <pre tabindex={0} role="group" aria-label={view.t.lab.diff.expression}>
      <code>{text}</code>
    </pre>
  )
}
