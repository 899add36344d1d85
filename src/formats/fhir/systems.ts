/** The names of code systems and profiles, as the Belgian guides (be-core 2.1, be-vaccination 1.1) and FHIR R4 write them. */

const beStandards = 'https://www.ehealth.fgov.be/standards/fhir'

export const systems = {
  ssin: `${beStandards}/core/NamingSystem/ssin`,
  nihdi: `${beStandards}/core/NamingSystem/nihdi`,
  nihdiOrganization: `${beStandards}/core/NamingSystem/nihdi-organization`,
  nihdiProfessional: `${beStandards}/core/NamingSystem/nihdi-professional`,
  cnk: `${beStandards}/medication/NamingSystem/be-ns-cnk-codes`,
  atc: 'http://whocc.no/atc',
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  jrcDevices: 'https://covid-19-diagnostics.jrc.ec.europa.eu/devices',
  communityRegister: 'https://ec.europa.eu/health/documents/community-register/html/',
  language: 'urn:ietf:bcp:47',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  uri: 'urn:ietf:rfc:3986',
  record: 'https://sluis.example/fhir/NamingSystem/record',
  delivery: 'https://sluis.example/fhir/NamingSystem/delivery',
  event: 'https://sluis.example/fhir/CodeSystem/event',
  targetGroup: 'https://sluis.example/fhir/CodeSystem/target-groups',
  ctpc: 'https://sluis.example/fhir/NamingSystem/ctpc',
} as const

export const profiles = {
  patient: `${beStandards}/core/StructureDefinition/be-patient`,
  vaccination: `${beStandards}/vaccination/StructureDefinition/be-vaccination`,
} as const

export const extensions = {
  recorder: `${beStandards}/core/StructureDefinition/be-ext-recorder`,
  administeredProduct: `${beStandards}/vaccination/StructureDefinition/be-ext-administeredProduct`,
} as const
