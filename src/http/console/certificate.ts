import { isPurpose, logAccess, purposes, type Purpose } from '../../access/access-log.ts'
import { qrFields, qrPng, qrSvg } from '../../certificates/qr.ts'
import { verifyCertificate } from '../../certificates/verify.ts'
import { SluisError } from '../../kernel/errors.ts'
import { openRecord } from '../../ledger/open-records.ts'
import { trace, type TracedRecord } from '../../ledger/trace.ts'
import { parseRecordName, recordName } from '../../kernel/ids.ts'
import { recordOfUvci } from '../../store/console-trace.ts'
import { addresses } from '../../web/addresses.ts'
import { certificatePage, type CertificateData } from '../../web/pages/certificate.tsx'
import { purposePage } from '../../web/pages/purpose.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import type { Screens, Visit } from './screens.ts'
import { deviceName, productName } from './tell-content.ts'

type Kept = TracedRecord['certificates'][number]

/** The certificate of a record, for who says why; every view is written down before anything is shown (law 9). */
export function certificateScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/certificates/:record', 'see-certificate', async (visit) => {
    const name = await nameOf(deps, visit)
    const purpose = queryText(visit.request.query, 'purpose')
    if (!isPurpose(purpose)) {
      const { kind } = await find(deps, name)
      const receipt = name.split('.')[0] ?? name
      return purposePage(visit.view, { action: addresses.certificate(name), kind, receipt, purposes })
    }
    const { certificate } = await give(deps, visit, name, purpose)
    return certificatePage(visit.view, tell(visit.view, name, purpose, certificate))
  })
  for (const kind of ['svg', 'png'] as const) {
    screens.show(`/certificates/:record/qr.${kind}`, 'see-certificate', async (visit) => {
      const purpose = queryText(visit.request.query, 'purpose')
      if (!isPurpose(purpose)) throw new SluisError('purpose-missing')
      const { certificate } = await give(deps, visit, await nameOf(deps, visit), purpose)
      return visit.reply
        .header('content-type', kind === 'svg' ? 'image/svg+xml' : 'image/png')
        .header('content-disposition', `inline; filename="certificate.${kind}"`)
        .header('cache-control', 'no-store')
        .send(kind === 'svg' ? qrSvg(certificate.hc1) : qrPng(certificate.hc1))
    })
  }
}

/** The record an address names: by itself, or by the number of its certificate. */
async function nameOf(deps: ConsoleDeps, { request }: Visit): Promise<string> {
  const { record } = request.params as { record: string }
  if (parseRecordName(record) !== null || !/^[!-~]{1,80}$/.test(record)) return record
  const found = await recordOfUvci(deps.db, record)
  return found === null ? record : recordName(found.receipt, found.ordinal)
}

async function find(deps: ConsoleDeps, name: string): Promise<{ kind: string; certificate: Kept }> {
  const found = await trace(deps, name)
  const record = found?.state === 'message' ? found.records.find((one) => one.id === name) : undefined
  const certificate = record?.certificates.at(-1)
  if (record === undefined || certificate === undefined)
    throw new SluisError('not-found', { path: addresses.certificate(name.slice(0, 60)) })
  return { kind: record.kind, certificate }
}

async function give(
  deps: ConsoleDeps,
  { session, request }: Visit,
  name: string,
  purpose: Purpose,
): Promise<{ certificate: Kept }> {
  const { certificate } = await find(deps, name)
  const record = (await openRecord(deps, name))?.record
  await logAccess(deps.db, {
    actor: session.person.login,
    role: session.person.role,
    what: 'certificate',
    purpose,
    outcome: 'given',
    origin: `console ${request.ip}`,
    ...(record === undefined ? {} : { message: record.message, record: record.id }),
    ...(record?.patient == null ? {} : { patient: record.patient }),
  })
  return { certificate }
}

function tell(view: View, name: string, purpose: Purpose, certificate: Kept): CertificateData {
  const { payload } = verifyCertificate(certificate.hc1, [], new Date(view.now))
  const dcc = readPayload(payload)
  const expired = certificate.expiresAt.toISOString() < view.now
  return {
    id: certificate.uvci,
    record: name,
    purpose,
    state: certificate.revokedAt !== null ? 'revoked' : expired ? 'expired' : 'issued',
    revokedAt: certificate.revokedAt?.toISOString() ?? null,
    name: dcc.name,
    born: dcc.born,
    content: dcc.content,
    issuer: dcc.issuer,
    issuedAt: certificate.issuedAt.toISOString(),
    expiresAt: certificate.expiresAt.toISOString(),
    qr: qrFields(certificate.hc1),
    receipt: name.split('.')[0] ?? null,
  }
}

type Fields = Readonly<Record<string, unknown>>

const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What a person shows, out of the payload of a certificate (EU DCC schema 1.3); names of codes from the value sets. */
function readPayload(payload: unknown) {
  const dcc = asFields(payload)
  const names = asFields(dcc['nam'])
  const entry = (group: string): Fields | null => {
    const list = dcc[group]
    return Array.isArray(list) && list.length > 0 ? asFields(list[0]) : null
  }
  const [test, dose] = [entry('t'), entry('v')]
  const person = [asText(names['fn']) || asText(names['fnt']), asText(names['gn']) || asText(names['gnt'])]
  return {
    name: person.filter((part) => part !== '').join(', '),
    born: asText(dcc['dob']),
    issuer: asText((test ?? dose ?? entry('r') ?? {})['is']),
    content: contentOf(test, dose),
  }
}

function contentOf(test: Fields | null, dose: Fields | null): CertificateData['content'] {
  if (test !== null) {
    return {
      kind: 'test',
      test: deviceName(asText(test['ma'])) || asText(test['nm']),
      result: asText(test['tr']),
      sampledAt: asText(test['sc']),
    }
  }
  if (dose !== null) {
    return {
      kind: 'vaccination',
      product: productName(asText(dose['mp'])),
      dose: Number(dose['dn']),
      doses: Number(dose['sd']),
      vaccinatedOn: asText(dose['dt']),
    }
  }
  return { kind: 'recovery' }
}
