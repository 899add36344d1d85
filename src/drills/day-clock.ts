import { setTimeout as wait } from 'node:timers/promises'

/** The clock of the retold day: so many times faster than the one on the wall. */
export interface DayClock {
  /** Minutes after midnight. */
  minute(): number
  /** `14:05`. */
  text(): string
  /** Waits until the next scene, which must be at this time. Throws when the signal of the drill is given. */
  until(time: string): Promise<void>
  /** The same without waiting: the hours between are left out. */
  skipTo(time: string): void
  /** Minutes of the day that pass in one minute on the wall. */
  readonly timeLapse: number
  /** Seconds on the wall as minutes of the day. */
  inMinutes(seconds: number): number
}

export interface DayClockOptions {
  /** When the scenes of the day are, in order; the first is now. */
  readonly scenes: readonly string[]
  /** Which of them is reached when `seconds` have passed. */
  readonly last: string
  readonly seconds: number
  readonly signal?: AbortSignal
  /** Milliseconds on the wall. */
  readonly now?: () => number
}

/** `15:30` as minutes after midnight. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** Minutes after midnight as `15:30`. */
export function timeText(minute: number): string {
  const whole = Math.floor(minute)
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}

/**
 * Starts the clock of a day. It stands still before a scene that is not reached yet: on a slow machine a restart takes
 * longer, and the story keeps its times.
 *
 * @example const clock = startDayClock({ scenes: ['08:30', '09:15'], last: '09:15', seconds: 4 }); await clock.until('09:15')
 */
export function startDayClock(options: DayClockOptions): DayClock {
  const { scenes, seconds, now = () => performance.now() } = options
  const first = minuteOf(scenes[0] ?? '00:00')
  const perMillisecond = (minuteOf(options.last) - first) / (seconds * 1_000)
  let [base, since, scene] = [first, now(), 0]
  const nextScene = (): number => minuteOf(scenes[scene + 1] ?? '24:00')
  const minute = (): number => Math.min(base + (now() - since) * perMillisecond, nextScene())
  const arrive = (time: string): void => {
    if (time !== scenes[scene + 1]) throw new Error(`${time} is not the next scene of the day`)
    scene += 1
    base = minuteOf(time)
    since = now()
  }
  return {
    minute,
    text: () => timeText(minute()),
    async until(time) {
      const left = (minuteOf(time) - minute()) / perMillisecond
      if (left > 0) await wait(left, undefined, options.signal === undefined ? {} : { signal: options.signal })
      arrive(time)
    },
    skipTo: arrive,
    timeLapse: perMillisecond * 60_000,
    inMinutes: (given) => given * 1_000 * perMillisecond,
  }
}
