import type { FastifyInstance } from 'fastify'
import { SluisError } from '../../kernel/errors.ts'
import { contentSecurityPolicy } from '../../web/assets.ts'
import { refuseAddress, type RefuseAddress } from '../methods.ts'
import { actScreens } from './acts.ts'
import { booksScreen } from './books.ts'
import { certificateScreen } from './certificate.ts'
import type { ConsoleDeps } from './deps.ts'
import { destinationScreen, destinationStream } from './destination.ts'
import { emergencyScreens } from './emergencies.ts'
import { assertPlainAddress } from './forms.ts'
import { liveRoutes, type LiveParts } from './live.ts'
import { feedsScreen } from './feeds.ts'
import { patientMonitorScreen } from './monitors.ts'
import { nodesScreen, nodesStream } from './nodes.ts'
import { overviewScreen, overviewStream } from './overview.ts'
import { packActScreens } from './pack-acts.ts'
import { packReportScreens, packReportStream } from './pack-report.ts'
import { packTablesScreen } from './pack-tables.ts'
import { packScreen } from './pack.ts'
import { packListScreen } from './packs.ts'
import { patientScreens } from './patients.ts'
import { practiceScreens } from './practices.ts'
import { refuse } from './refusals.ts'
import { replayScreens, replayStream } from './replays.ts'
import { resultsScreen } from './results.ts'
import { makeScreens, type Screens } from './screens.ts'
import { serviceScreen, serviceStream } from './service.ts'
import { signInRoutes } from './sign-in.ts'
import { staticRoutes } from './statics.ts'
import { withheldScreens } from './withheld.ts'
import { traceScreen, traceStream } from './trace.ts'

/** Adds the console to a server: sign-in, screens, acts, streams and static files, with answers made for people. */
export function consoleRoutes(server: FastifyInstance, deps: ConsoleDeps): void {
  void server.register(async (scope) => {
    protect(scope, deps)
    staticRoutes(scope)
    signInRoutes(scope, deps)
    const screens = makeScreens(scope, deps)
    overviewScreen(screens, deps)
    destinationScreen(screens, deps)
    serviceScreen(screens, deps)
    traceScreen(screens, deps)
    certificateScreen(screens, deps)
    booksScreen(screens, deps)
    nodesScreen(screens, deps)
    replayScreens(screens, deps)
    actScreens(screens, deps)
    labScreens(screens, deps)
    liveRoutes(scope, deps, livePartsOf(deps))
    const refused = scope.getDecorator<RefuseAddress>(refuseAddress)
    scope.get('/*', { config: { action: 'sign-in' } }, (request, reply) => {
      throw refused(request, reply)
    })
  })
}

/** Rules, what they withhold, and what care teams see of laboratories. */
function labScreens(screens: Screens, deps: ConsoleDeps): void {
  packListScreen(screens, deps)
  packScreen(screens, deps)
  packTablesScreen(screens, deps)
  packReportScreens(screens, deps)
  packActScreens(screens, deps)
  withheldScreens(screens, deps)
  patientScreens(screens, deps)
  resultsScreen(screens, deps)
  patientMonitorScreen(screens, deps)
  practiceScreens(screens, deps)
  emergencyScreens(screens, deps)
  feedsScreen(screens, deps)
}

const livePartsOf =
  (deps: ConsoleDeps): LiveParts =>
  (page, of) => {
    if (page === 'overview') return overviewStream(deps)
    if (page === 'nodes') return nodesStream(deps)
    if (page === 'destination') return destinationStream(deps, of)
    if (page === 'service') return serviceStream(deps, of)
    if (page === 'pack-report') return packReportStream(deps, of)
    if (page === 'trace') return traceStream(deps, of)
    return page === 'replay' ? replayStream(deps, of) : null
  }

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
} as const

/** What every answer of the console carries, and what no form of another site gets through. */
function protect(scope: FastifyInstance, deps: ConsoleDeps): void {
  scope.addHook('onRequest', async (request, reply) => {
    void reply.headers(headers)
    if (deps.secure) void reply.header('strict-transport-security', 'max-age=31536000')
    if (request.method === 'POST' && isOfAnotherSite(request.headers)) throw new SluisError('form-token-differs')
    assertPlainAddress(request)
  })
  scope.setErrorHandler((error, request, reply) => refuse(deps, error, request, reply))
}

/** A browser says where a form comes from (Fetch Metadata, Origin); what is not a browser says nothing and has no cookie. */
function isOfAnotherSite(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = headers
  if (origin === undefined) return false
  return !URL.canParse(String(origin)) || new URL(String(origin)).host !== host
}
