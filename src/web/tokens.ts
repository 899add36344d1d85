/** The six states a part can carry; what is not applicable has no colour. */
export type Tone = 'ok' | 'wait' | 'late' | 'bad' | 'held' | 'unsure'

export const tones: readonly Tone[] = ['ok', 'wait', 'late', 'bad', 'held', 'unsure']

interface StateColours {
  readonly text: string
  readonly tint: string
}

export interface Theme {
  readonly page: string
  readonly surface: string
  /** Text. */
  readonly ink: string
  /** Less important text. */
  readonly muted: string
  /** Borders of what can be used: 3:1 on page and surface. */
  readonly edge: string
  /** Decoration only. */
  readonly line: string
  /** Links and the main button; never a state. */
  readonly accent: string
  readonly onAccent: string
  /** Behind what the pointer is on, and behind figures. */
  readonly sunk: string
  readonly states: Readonly<Record<Tone, StateColours>>
}

/**
 * Colours differ in lightness, so that they stay apart without red or green sight; `tokens.test.ts` measures it.
 * Never lighten `bad` or `held`: the distances come from there.
 */
export const light: Theme = {
  page: '#f3f6f7',
  surface: '#ffffff',
  ink: '#14212a',
  muted: '#4a5a65',
  edge: '#6f808b',
  line: '#cfd8dc',
  accent: '#0b4f8a',
  onAccent: '#ffffff',
  sunk: '#e9eef0',
  states: {
    ok: { text: '#1f7a57', tint: '#e0f3ea' },
    wait: { text: '#0f6bab', tint: '#e1effa' },
    late: { text: '#a05a00', tint: '#fdeed6' },
    bad: { text: '#920a26', tint: '#fde5e7' },
    held: { text: '#47127a', tint: '#f0e8fb' },
    unsure: { text: '#4d5663', tint: '#e8ecef' },
  },
}

export const dark: Theme = {
  page: '#10181d',
  surface: '#18222a',
  ink: '#e8eef1',
  muted: '#a9b8c1',
  edge: '#7d909b',
  line: '#2e3c45',
  accent: '#8cc4ff',
  onAccent: '#0c1a24',
  sunk: '#121b21',
  states: {
    ok: { text: '#5fe0ae', tint: '#12352a' },
    wait: { text: '#a6cffb', tint: '#15314a' },
    late: { text: '#f8cd5c', tint: '#3a2d0d' },
    bad: { text: '#ff6f73', tint: '#45191f' },
    held: { text: '#b187ff', tint: '#2f2152' },
    unsure: { text: '#92a7ad', tint: '#28343b' },
  },
}

function properties(theme: Theme): string[] {
  const { states, onAccent, ...plain } = theme
  return [
    ...Object.entries(plain).map(([name, value]) => `--${name}: ${value};`),
    `--on-accent: ${onAccent};`,
    ...tones.flatMap((tone) => [`--${tone}: ${states[tone].text};`, `--${tone}-tint: ${states[tone].tint};`]),
  ]
}

const block = (selector: string, lines: readonly string[], indent: string) =>
  [`${indent}${selector} {`, ...lines.map((line) => `${indent}  ${line}`), `${indent}}`].join('\n')

/**
 * The tokens as CSS: light, dark when the device asks for it, and the reader's saved choice over both.
 *
 * @example tokensCss().includes('--ok: #1f7a57;') // true
 */
export function tokensCss(): string {
  const darkLines = ['color-scheme: dark;', ...properties(dark)]
  return [
    block(':root', ['color-scheme: light;', ...properties(light)], '  '),
    '  @media (prefers-color-scheme: dark) {',
    block(":root:not([data-theme='light'])", darkLines, '    '),
    '  }',
    block(":root[data-theme='dark']", darkLines, '  '),
  ].join('\n')
}
