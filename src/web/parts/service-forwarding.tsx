import { addresses } from '../addresses.ts'
import { kindWords, serviceWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import { ActForm, ReasonField, SelectField } from './form.tsx'
import { Icon } from './icon.tsx'
import { PauseLine, type QueuePause } from './queue-card.tsx'

/** What keeps records of a service from leaving, wherever they go. */
export interface Forwarding {
  readonly waiting: number
  readonly kinds: readonly string[]
  /** `part` is null when all of the service is held. */
  readonly pauses: readonly QueuePause[]
}

/** Pausing and resuming what a service forwards; its intake is another thing and goes on. */
export function ServiceForwarding({ view, service, data }: { view: View; service: string; data: Forwarding }) {
  const { acts } = view.t
  const name = view.word(serviceWords, service)
  const whole = data.pauses.some((pause) => pause.part === null)
  return (
    <section aria-labelledby="forwarding-title">
      <h2 id="forwarding-title">{acts.forwarding}</h2>
      {data.pauses.length === 0 && <p>{acts.forwardingGoes}</p>}
      {data.pauses.map((pause) => (
        <PauseLine key={pause.id} view={view} pause={pause} part={pause.part ?? name} />
      ))}
      <div class="acts">
        {data.pauses.map((pause) => (
          <Resume key={pause.id} view={view} service={service} pause={pause} name={pause.part ?? name} />
        ))}
        {!whole && data.kinds.length > 0 && <PauseIt view={view} service={service} data={data} name={name} />}
      </div>
    </section>
  )
}

interface Of {
  readonly view: View
  readonly service: string
  readonly name: string
}

function Resume({ view, service, pause, name }: Of & { pause: QueuePause }) {
  const { acts } = view.t
  const button = acts.resume(acts.forwardingOf(name))
  return (
    <details>
      <summary>
        <Icon name="circle-play" />
        {button}
      </summary>
      <p>{acts.undoResume}</p>
      <ActForm view={view} act="operate" action={addresses.serviceAct(service, 'resume')} button={button} main>
        <input type="hidden" name="pause" value={pause.id} />
        <ReasonField view={view} id={`resume-reason-${pause.id}`} />
      </ActForm>
    </details>
  )
}

function PauseIt({ view, service, data, name }: Of & { data: Forwarding }) {
  const { acts, deliveries, destinationPage } = view.t
  const button = acts.pause(acts.forwardingOf(name))
  return (
    <details>
      <summary>
        <Icon name="circle-pause" />
        {button}
      </summary>
      <p>
        {acts.pauseEverywhere(deliveries(data.waiting))} {data.kinds.length > 1 && acts.pauseOneKind}
      </p>
      <ActForm view={view} act="operate" action={addresses.serviceAct(service, 'pause')} button={button} main>
        <SelectField
          id="pause-kind"
          name="kind"
          label={destinationPage.pauseScope}
          choices={[
            { value: '', text: acts.wholeService },
            ...data.kinds.map((kind) => ({ value: kind, text: view.word(kindWords, kind) })),
          ]}
        />
        <ReasonField view={view} id="pause-reason" />
      </ActForm>
    </details>
  )
}
