import { addresses } from '../addresses.ts'
import type { Destination } from '../pages/destination.tsx'
import { kindWords } from '../texts/words.ts'
import type { View } from '../view.ts'
import { ActForm, ReasonField, SelectField } from './form.tsx'
import { Icon } from './icon.tsx'
import type { Queue, QueuePause } from './queue-card.tsx'

/** What an operator can do with a destination; each act says first what it does and asks for a reason. */
export function Acts({ view, data }: { view: View; data: Destination }) {
  const { t } = view
  const words = t.destinationPage
  return (
    <section aria-labelledby="acts-title">
      <h2 id="acts-title">{words.acts}</h2>
      <div class="acts">
        {data.queue.pauses.map((pause, index) => (
          <ResumeAct key={pause.id} view={view} queue={data.queue} pause={pause} first={index === 0} />
        ))}
        {data.queue.state !== 'paused' && <PauseAct view={view} data={data} />}
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
      <p>
        {words.pauseWhat(waitingText(view, data.queue))} {data.byKind.length > 1 && view.t.acts.pauseOneKind}
      </p>
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

/** Ends one pause: of the whole queue, or of the part it holds. */
function ResumeAct({ view, queue, pause, first }: { view: View; queue: Queue; pause: QueuePause; first: boolean }) {
  const words = view.t.destinationPage
  const button = pause.part === null ? words.resume : view.t.acts.resume(pause.part)
  return (
    <details open={queue.state === 'paused' && first}>
      <summary>
        <Icon name="circle-play" />
        {button}
      </summary>
      {pause.part === null && <p>{words.resumeWhat(waitingText(view, queue))}</p>}
      {pause.everywhere && <p>{view.t.acts.resumeEverywhere}</p>}
      <ActForm view={view} act="operate" action={addresses.destinationAct(queue.id, 'resume')} button={button} main>
        <input type="hidden" name="pause" value={pause.id} />
        <ReasonField view={view} id={first ? 'resume-reason' : `resume-reason-${pause.id}`} />
      </ActForm>
    </details>
  )
}
