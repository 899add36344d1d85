import { addresses } from '../addresses.ts'
import type { Destination } from '../pages/destination.tsx'
import { kindWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import { ActForm, ReasonField, SelectField } from './form.tsx'
import { Icon } from './icon.tsx'
import type { Queue } from './queue-card.tsx'

/** What an operator can do with a destination; each act says first what it does and asks for a reason. */
export function Acts({ view, data }: { view: View; data: Destination }) {
  const { t } = view
  const words = t.destinationPage
  return (
    <section aria-labelledby="acts-title">
      <h2 id="acts-title">{words.acts}</h2>
      <div class="acts">
        {data.queue.pause === null ? <PauseAct view={view} data={data} /> : <ResumeAct view={view} data={data} />}
        <details>
          <summary>
            <Icon name="redo-2" />
            {words.replay}
          </summary>
          <p>{words.replayWhat}</p>
          <a class="button" href={addresses.replayNew({ destination: data.queue.id })}>
            {words.replay}
          </a>
        </details>
        <details>
          <summary>
            <Icon name="zap" />
            {words.urgent}
          </summary>
          <p>{words.urgentWhat}</p>
          <a class="button" href={addresses.trace}>
            {t.trace.start}
          </a>
        </details>
      </div>
    </section>
  )
}

function waitingText(view: View, queue: Queue): string {
  return queue.waiting === null ? view.t.waitingNotKnown : view.t.deliveries(queue.waiting)
}

function PauseAct({ view, data }: { view: View; data: Destination }) {
  const words = view.t.destinationPage
  return (
    <details>
      <summary>
        <Icon name="circle-pause" />
        {words.pause}
      </summary>
      <p>{words.pauseWhat(waitingText(view, data.queue))}</p>
      <ActForm
        view={view}
        act="operate"
        action={addresses.destinationAct(data.queue.id, 'pause')}
        button={words.pause}
        main
      >
        <SelectField
          id="pause-kind"
          name="kind"
          label={words.pauseScope}
          choices={[
            { value: '', text: words.wholeDestination },
            ...data.byKind.map((row) => ({ value: row.kind, text: view.word(kindWords, row.kind) })),
          ]}
        />
        <ReasonField view={view} id="pause-reason" />
      </ActForm>
    </details>
  )
}

function ResumeAct({ view, data }: { view: View; data: Destination }) {
  const words = view.t.destinationPage
  return (
    <details open>
      <summary>
        <Icon name="circle-play" />
        {words.resume}
      </summary>
      <p>{words.resumeWhat(waitingText(view, data.queue))}</p>
      <ActForm
        view={view}
        act="operate"
        action={addresses.destinationAct(data.queue.id, 'resume')}
        button={words.resume}
        main
      >
        <ReasonField view={view} id="resume-reason" />
      </ActForm>
    </details>
  )
}
