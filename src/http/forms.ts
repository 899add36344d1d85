import type { FastifyInstance } from 'fastify'
import { shippedForms } from '../formats/eform/catalogue.ts'
import { printJsonSchema } from '../formats/eform/json-schema.ts'
import { SluisError } from '../kernel/errors.ts'

/** `GET /forms` lists every form and version; `GET /forms/{form}/{version}` is its JSON Schema (draft 2020-12). Open to all. */
export function formRoutes(server: FastifyInstance): void {
  server.get('/forms', async () => ({
    forms: shippedForms().forms.map(({ name, version, from, sunset, title }) => ({
      form: name,
      version,
      from,
      sunset,
      title,
      schema: `/forms/${name}/${version}`,
    })),
  }))
  server.get('/forms/:form/:version', async (request, reply) => {
    const { form, version } = request.params as { form: string; version: string }
    const catalogue = shippedForms()
    const found = catalogue.find(form, version)
    if (found === undefined) throw new SluisError('not-found', { path: `/forms/${form}/${version}`.slice(0, 200) })
    void reply
      .header('content-type', 'application/schema+json; charset=utf-8')
      .header('cache-control', 'public, max-age=300')
    return JSON.stringify(printJsonSchema(found, catalogue))
  })
}
