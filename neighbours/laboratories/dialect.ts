/** What the simulated laboratories measure; values are kept in the unit the monitors use. */
export const analytes = ['hba1c', 'egfr', 'ldl', 'creatinine', 'fasting-glucose'] as const

export type AnalyteName = (typeof analytes)[number]

/** Those that send HL7v2 over MLLP. */
export const mllpLaboratories = ['schelde', 'meuse', 'vecht', 'eifel'] as const

/** All of them: the last one sends FHIR R4 over HTTP, when it has credentials. */
export const laboratoryNames = [...mllpLaboratories, 'dijle'] as const

export type LaboratoryName = (typeof laboratoryNames)[number]

/** How one laboratory writes one analyte. */
export interface Spelling {
  /** OBX-3: identifier, text and system, and the same of an alternate. */
  readonly code: string
  readonly unit: string
  readonly decimals: number
  readonly range: string
  /** From the unit of the monitors to its own; the same when absent. */
  readonly own?: (value: number) => number
}

/** All in which the messages of one laboratory differ from those of the others. */
export interface Dialect {
  /** MSH-4, or the number of the organisation in FHIR. */
  readonly facility: string
  readonly wire: 'mllp' | 'fhir'
  readonly bytes: 'utf8' | 'latin1'
  /** MSH-18; empty when the laboratory does not say. */
  readonly charset: string
  readonly offset: boolean
  /** Hour of the day -> share of its busiest hour. */
  readonly rhythm: readonly number[]
  readonly spellings: Readonly<Record<AnalyteName, Spelling>>
}

const office = [0, 0, 0, 0, 0, 0, 0.1, 0.3, 0.4, 0.6, 0.9, 1, 1, 0.9, 0.9, 1, 0.8, 0.5, 0.2, 0.1, 0, 0, 0, 0]
const evening = [0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.5, 0.8, 1, 0.9, 0.5, 0.3, 0.2, 0.1]

const plain: Dialect['spellings'] = {
  hba1c: { code: '59261-8^HbA1c IFCC^LN', unit: 'mmol/mol^^UCUM', decimals: 0, range: '20-42' },
  egfr: { code: '62238-1^eGFR CKD-EPI^LN', unit: 'mL/min/{1.73_m2}^^UCUM', decimals: 0, range: '>60' },
  ldl: { code: '22748-8^LDL-cholesterol^LN', unit: 'mmol/L^^UCUM', decimals: 1, range: '<3.0' },
  creatinine: { code: '14682-9^Creatinine^LN', unit: 'umol/L^^UCUM', decimals: 0, range: '50-100' },
  'fasting-glucose': { code: '14771-0^Glucose nuchter^LN', unit: 'mmol/L^^UCUM', decimals: 1, range: '4.0-6.0' },
}

/** HbA1c in NGSP percent of a value in mmol/mol (IFCC master equation, Clin Chem 2008; 54:240). */
const percent = (value: number): number => (value + 23.5) / 10.93

export const dialects: Readonly<Record<LaboratoryName, Dialect>> = {
  schelde: {
    facility: 'SIM-SCHELDE',
    wire: 'mllp',
    bytes: 'utf8',
    charset: 'UNICODE UTF-8',
    offset: true,
    rhythm: office,
    spellings: plain,
  },
  meuse: {
    facility: 'SIM-MEUSE',
    wire: 'mllp',
    bytes: 'latin1',
    charset: '',
    offset: true,
    rhythm: office,
    spellings: {
      ...plain,
      hba1c: { code: 'HBA^Hémoglobine glyquée^L^4548-4^^LN', unit: '%', decimals: 1, range: '4.0-6.0', own: percent },
      ldl: { code: 'LDLC^Cholestérol LDL^L^22748-8^^LN', unit: 'mmol/L', decimals: 2, range: '<3.00' },
      creatinine: {
        code: 'CREA^Créatinine^L^2160-0^^LN',
        unit: 'mg/dL',
        decimals: 2,
        range: '0.60-1.10',
        own: (value) => value / 88.4,
      },
    },
  },
  vecht: {
    facility: 'SIM-VECHT',
    wire: 'mllp',
    bytes: 'utf8',
    charset: 'UNICODE UTF-8',
    offset: true,
    rhythm: office,
    spellings: {
      hba1c: { code: '2816^HBAC B^NHG45', unit: 'mmol/mol Hb', decimals: 0, range: '20-42' },
      egfr: { code: '3907^EGFC B^NHG45', unit: 'ml/min/1.73m2', decimals: 0, range: '>60' },
      ldl: { code: '542^LDL B^NHG45', unit: 'mmol/l', decimals: 1, range: '<3.0' },
      creatinine: { code: 'KREA^Kreatinine^L^14682-9^^LN', unit: 'µmol/l', decimals: 0, range: '50-100' },
      'fasting-glucose': { code: '372^GLUN B^NHG45', unit: 'mmol/l', decimals: 1, range: '4.0-6.0' },
    },
  },
  eifel: {
    facility: 'SIM-EIFEL',
    wire: 'mllp',
    bytes: 'latin1',
    charset: '8859/1',
    offset: false,
    rhythm: evening,
    spellings: plain,
  },
  dijle: {
    facility: 'labo-dijle',
    wire: 'fhir',
    bytes: 'utf8',
    charset: '',
    offset: true,
    rhythm: office,
    spellings: plain,
  },
}
