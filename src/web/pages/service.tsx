import { addresses } from '../addresses.ts'
import { HeatMap, type HeatRow } from '../parts/charts/heat-map.tsx'
import { Chip } from '../parts/chip.tsx'
import { ActForm, ReasonField } from '../parts/form.tsx'
import { Icon } from '../parts/icon.tsx'
import { Headline, Live } from '../parts/live.tsx'
import { Empty } from '../parts/notices.tsx'
import { PauseLine, type Pause } from '../parts/queue-card.tsx'
import { RefusalTable, type Refusal } from '../parts/refusals.tsx'
import { ServiceForwarding, type Forwarding } from '../parts/service-forwarding.tsx'
import { fragment, page } from '../parts/shell.tsx'
import { Table } from '../parts/table.tsx'
import { Since } from '../parts/time.tsx'
import { kindWords, serviceWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** One kind of form of the service; `''` is all of it. `intake` closed means: senders are told to come back later. */
export interface ServiceKind {
  readonly kind: string
  readonly intake: { readonly state: 'open' } | ({ readonly state: 'closed' } & Pause)
  readonly receivedToday: number
  readonly passedToday: number
  readonly refusedToday: number
}

/** One service with its kinds of form, since midnight in Brussels. */
export interface ServiceData {
  readonly asOf: string
  readonly id: string
  /** Messages that are stored and not read yet; what kind they are is known only after. */
  readonly unread: { readonly count: number; readonly oldestSince: string | null }
  readonly unreadableToday: number
  readonly kinds: readonly ServiceKind[]
  readonly forwarding: Forwarding
  readonly refusals: readonly Refusal[]
  /** Per kind the hours of today with what is usual; `name` is the id of the kind. */
  readonly rhythm: readonly HeatRow[]
}

export function servicePage(view: View, data: ServiceData): string {
  const { t } = view
  const rows = data.rhythm.map((row) => ({ ...row, name: view.word(kindWords, row.name) }))
  return page(
    view,
    { title: serviceSentence(view, data), section: addresses.service(data.id) },
    <>
      <Live view={view} page="service" of={data.id}>
        <Figures view={view} data={data} />
      </Live>
      {data.kinds.length > 0 && (
        <section aria-labelledby="acts-title">
          <h2 id="acts-title">{t.destinationPage.acts}</h2>
          <div class="acts">
            {data.kinds.filter(isSwitched).map((kind) => (
              <Switch key={kind.kind} view={view} service={data.id} kind={kind} />
            ))}
          </div>
        </section>
      )}
      {(data.forwarding.kinds.length > 0 || data.forwarding.pauses.length > 0) && (
        <ServiceForwarding view={view} service={data.id} data={data.forwarding} />
      )}
      {rows.length > 0 && (
        <section aria-labelledby="rhythm-title">
          <h2 id="rhythm-title">{t.servicePage.rhythm}</h2>
          <HeatMap view={view} caption={t.servicePage.rhythm} rows={rows} />
        </section>
      )}
      <section aria-labelledby="refusals-title">
        <h2 id="refusals-title">{t.servicePage.byCode}</h2>
        {data.refusals.length === 0 ? (
          <Empty sentence={t.servicePage.noneRefused} />
        ) : (
          <RefusalTable view={view} caption={t.servicePage.byCode} refusals={data.refusals} />
        )}
      </section>
    </>,
  )
}

/** The inside of the live part, for the stream. */
export function serviceLive(view: View, data: ServiceData): string {
  return fragment(<Figures view={view} data={data} />)
}

function serviceSentence(view: View, data: ServiceData): string {
  const name = view.word(serviceWords, data.id)
  const words = view.t.servicePage
  const closed = data.kinds
    .filter((kind) => kind.intake.state === 'closed')
    .map((kind) => kindName(view, data.id, kind.kind))
  if (closed.length > 0) return words.closedKinds(name, view.f.list(closed))
  return data.kinds.some((kind) => kind.receivedToday > 0) ? words.open(name) : words.nothing(name)
}

function Figures({ view, data }: { view: View; data: ServiceData }) {
  const { t, f } = view
  const words = t.servicePage
  return (
    <>
      <Headline view={view} sentence={serviceSentence(view, data)} asOf={data.asOf} />
      <p class="under-headline">
        <span>
          {data.unread.count === 0 ? t.unreadNone : t.unreadNow(data.unread.count)}
          {data.unread.oldestSince !== null && (
            <>
              {` · ${t.oldest}${f.colon}`}
              <Since view={view} at={data.unread.oldestSince} />
            </>
          )}
          {data.unreadableToday > 0 && ` · ${t.unreadableToday}${f.colon}${f.number(data.unreadableToday)}`}
        </span>
      </p>
      {data.kinds.length > 0 && (
        <section>
          <Table
            caption={words.kinds}
            quietCaption
            rows={data.kinds}
            rowKey={(row) => row.kind}
            columns={[
              { heading: t.kind, cell: (row) => kindName(view, data.id, row.kind) },
              { heading: words.intake, cell: (row) => <Chip view={view} state={row.intake.state} /> },
              { heading: words.receivedToday, number: true, cell: (row) => f.number(row.receivedToday) },
              { heading: words.passedToday, number: true, cell: (row) => f.number(row.passedToday) },
              { heading: words.refusedToday, number: true, cell: (row) => f.number(row.refusedToday) },
            ]}
          />
        </section>
      )}
    </>
  )
}

const kindName = (view: View, service: string, kind: string): string =>
  kind === '' ? view.t.wholeService(view.word(serviceWords, service)) : view.word(kindWords, kind)

/** Of a form that nobody knows there is nothing to close. */
const isSwitched = ({ kind }: ServiceKind): boolean => kind !== 'unknown'

function Switch({ view, service, kind }: { view: View; service: string; kind: ServiceKind }) {
  const words = view.t.servicePage
  const name = kindName(view, service, kind.kind)
  const open = kind.intake.state === 'open'
  const button = open ? words.closeKind(name) : words.openKind(name)
  return (
    <details open={!open}>
      <summary>
        <Icon name={open ? 'lock' : 'circle-play'} />
        {button}
      </summary>
      {kind.intake.state === 'closed' && <PauseLine view={view} pause={kind.intake} closed />}
      <p>{open ? words.closeWhat : words.openWhat}</p>
      <ActForm
        view={view}
        act="operate"
        action={addresses.serviceAct(service, open ? 'close' : 'open')}
        button={button}
        main
      >
        <input type="hidden" name="kind" value={kind.kind} />
        <ReasonField view={view} id={`reason-${kind.kind}`} />
      </ActForm>
    </details>
  )
}
