import { icons, type IconName } from '../icons.ts'

/** An icon of the sprite; it says nothing by itself, the word stands beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" width="20" height="20" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}

/** All icons once, at the top of the body. */
export function Sprite() {
  return (
    <svg class="sprite" width="0" height="0" aria-hidden="true">
      {Object.entries(icons).map(([name, path]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 24 24">
          <path d={path} />
        </symbol>
      ))}
    </svg>
  )
}

/** The mark: two lock gates closed against the water. */
export function Mark() {
  return (
    <svg class="mark" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <path class="mark-gate" d="M5 4v20M23 4v20M5 7l9 7-9 7M23 7l-9 7 9 7" />
    </svg>
  )
}
