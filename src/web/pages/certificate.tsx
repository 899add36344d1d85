import { addresses } from '../addresses.ts'
import { Chip } from '../parts/chip.tsx'
import { Definitions, type Definition } from '../parts/definitions.tsx'
import { Icon } from '../parts/icon.tsx'
import { Qr, type Fields } from '../parts/qr.tsx'
import { page } from '../parts/shell.tsx'
import type { StateName } from '../parts/states.ts'
import { dayText, Moment } from '../parts/time.tsx'
import { resultWords } from '../texts/words.ts'
import type { View } from '../view.ts'

/** One EU certificate as a person shows it: on a phone, on A4 or on A6. The result is its SNOMED code; the product comes readable. */
export interface CertificateData {
  /** Unique certificate identifier, `URN:UVCI:...`. */
  readonly id: string
  /** Name of the record it was made for, and what it is looked at for: its addresses carry both. */
  readonly record: string
  readonly purpose: string
  readonly state: Extract<StateName, 'issued' | 'revoked' | 'expired'>
  readonly revokedAt: string | null
  readonly name: string
  /** As the certificate writes it: `YYYY-MM-DD` or shorter. */
  readonly born: string
  readonly content:
    | { readonly kind: 'test'; readonly test: string; readonly result: string; readonly sampledAt: string }
    | {
        readonly kind: 'vaccination'
        readonly product: string
        readonly dose: number
        readonly doses: number
        readonly vaccinatedOn: string
      }
    | { readonly kind: 'recovery' }
  readonly issuer: string
  readonly issuedAt: string
  readonly expiresAt: string
  /** Fields of the QR code of the HC1 text, without quiet zone. */
  readonly qr: Fields
  /** Receipt of the message it came from; null when the reader may not follow it. */
  readonly receipt: string | null
}

export function certificatePage(view: View, data: CertificateData): string {
  const words = view.t.certificatePage
  const title = words.kind[data.content.kind]
  return page(
    view,
    { title },
    <article class="certificate">
      <div class="certificate-head">
        <h1>{title}</h1>
        <Chip view={view} state={data.state} />
      </div>
      {data.revokedAt !== null && (
        <p class="alarm" role="alert">
          <Icon name="octagon-x" />
          {words.revoked(view.f.time(data.revokedAt, view.now))}
        </p>
      )}
      <div class="certificate-body">
        <Qr fields={data.qr} label={words.qr} />
        <div>
          <p class="certificate-name">{data.name}</p>
          <Definitions items={lines(view, data)} />
        </div>
      </div>
      <p class="uvci">
        <span>{words.identifier}</span> <code>{data.id}</code>
      </p>
      <p class="muted">{words.verify}</p>
      <p class="on-screen">
        <button type="button" class="main" data-print hidden>
          {words.print}
        </button>
        <a class="button" href={addresses.certificateImage(data.record, 'svg', data.purpose)}>
          SVG
        </a>
        <a class="button" href={addresses.certificateImage(data.record, 'png', data.purpose)}>
          PNG
        </a>
      </p>
      {data.receipt !== null && (
        <p class="on-screen">
          <a href={addresses.traceOf(data.receipt)}>{words.trace}</a>
        </p>
      )}
    </article>,
  )
}

function lines(view: View, data: CertificateData): readonly Definition[] {
  const words = view.t.certificatePage
  const moment = (at: string) => <Moment view={view} at={at} />
  return [
    [words.born, dayText(view, data.born)],
    ...contentLines(view, data.content),
    [words.issuer, data.issuer],
    [words.issued, moment(data.issuedAt)],
    [words.expires, moment(data.expiresAt)],
  ]
}

function contentLines(view: View, content: CertificateData['content']): readonly Definition[] {
  const words = view.t.certificatePage
  if (content.kind === 'recovery') return []
  if (content.kind === 'test') {
    return [
      [words.result, <strong>{view.word(resultWords, content.result)}</strong>],
      [words.product, content.test],
      [words.sampled, <Moment view={view} at={content.sampledAt} />],
    ]
  }
  return [
    [words.dose, <strong>{words.doseOf(content.dose, content.doses)}</strong>],
    [words.product, content.product],
    [words.vaccinated, dayText(view, content.vaccinatedOn)],
  ]
}
