import { addresses } from '../addresses.ts'
import type { View } from '../view.ts'

/** The list of keys; `keys.js` reads the addresses of the `g` keys from here, so that both say the same. */
export function Keys({ view }: { view: View }) {
  const { t } = view
  const go: readonly [string, string, string][] = [
    ['o', addresses.overview, t.nav.overview],
    ['t', addresses.trace, t.nav.trace],
    ['b', addresses.books, t.nav.books],
    ['r', addresses.replays, t.nav.replays],
    ['n', addresses.nodes, t.nav.nodes],
  ]
  return (
    <dialog id="keys" class="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">{t.keys.title}</h2>
      <dl>
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>{t.keys.search}</dd>
        </div>
        {go.map(([key, address, text]) => (
          <div key={key} data-go={key} data-address={address}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>j</kbd> <kbd>k</kbd>
          </dt>
          <dd>{t.keys.rows}</dd>
        </div>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>{t.keys.list}</dd>
        </div>
      </dl>
      <label class="check">
        <input type="checkbox" id="keys-on" checked /> {t.keys.on}
      </label>
      <form method="dialog">
        <button>{t.close}</button>
      </form>
    </dialog>
  )
}
