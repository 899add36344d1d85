import type { Language } from '../kernel/language.ts'

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/**
 * A UCUM unit (UCUM 2.1, case sensitive) as people write it; what has no other way of writing stays as it is.
 *
 * @example unitText('mL/min/{1.73_m2}', 'nl') // 'mL/min/1,73 m²'
 * @example unitText('umol/L', 'en') // 'µmol/L'
 */
export function unitText(unit: string, language: Language): string {
  return unit
    .replaceAll(/\{(\d+)\.(\d+)_m2\}/g, language === 'en' ? '$1.$2 m²' : '$1,$2 m²')
    .replaceAll(/10[*^](-?\d+)/g, (_, power: string) => `10${power.replaceAll(/./g, superscript)}`)
    .replaceAll(/(?<![A-Za-z])u(?=(?:mol|g|L|m|s|U|kat)\b)/g, 'µ')
    .replaceAll(/(?<![A-Za-z])m2\b/g, 'm²')
    .replaceAll('mm[Hg]', 'mmHg')
    .replaceAll(/(?<![A-Za-z])Cel\b/g, '°C')
}

const superscript = (digit: string): string => (digit === '-' ? '⁻' : raised.charAt(Number(digit)))
