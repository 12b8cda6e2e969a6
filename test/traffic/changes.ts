import { type Asking, Digits, isObject, jsonOf, type Value, withJson } from './asking.ts'

/** A request that is no more what it was, and by what. */
export interface Changed {
  readonly kind: 'message' | 'tool' | 'temperature' | 'model' | 'stream'
  readonly what: string
  readonly asking: Asking
}

/** The request with one thing changed, for each thing in it that can be. */
export function changesOf(asking: Asking): Changed[] {
  const json = jsonOf(asking)
  if (asking.method !== 'POST' || !isObject(json)) return formChanges(asking)
  const change = (kind: Changed['kind'], what: string, members: { [key: string]: Value }): Changed => ({
    kind,
    what,
    asking: withJson(asking, { ...json, ...members }),
  })
  const changed: Changed[] = []
  for (const [key, kind] of LISTS) {
    const list = json[key]
    if (typeof list === 'string') changed.push(change(kind, `${key} changed`, { [key]: `${list}!` }))
    if (!Array.isArray(list) || list.length === 0) continue
    for (const [i, item] of list.entries()) {
      const other = withOtherText(item)
      if (other !== undefined)
        changed.push(change(kind, `${key}[${i}] changed`, { [key]: list.with(i, other) }))
      changed.push(change(kind, `${key}[${i}] left out`, { [key]: list.toSpliced(i, 1) }))
      changed.push(change(kind, `${key}[${i}] twice`, { [key]: list.toSpliced(i, 0, item) }))
    }
  }
  if (LISTS.every(([key]) => json[key] === undefined)) return changed
  const { temperature, model, stream } = json
  const warmer = temperature instanceof Digits ? Number(temperature.text) + 0.25 : 0.25
  changed.push(change('temperature', 'temperature', { temperature: new Digits(String(warmer)) }))
  changed.push(change('stream', 'stream', { stream: stream !== true }))
  if (typeof model === 'string') changed.push(change('model', 'model', { model: `${model}-other` }))
  return changed
}

const LISTS = [
  ['messages', 'message'],
  ['input', 'message'],
  ['prompt', 'message'],
  ['tools', 'tool'],
  ['functions', 'tool'],
] as const

/** Texts that say something; ids do not: a caller's own may stand for recorded ones. */
const TEXTS = ['content', 'text', 'input_text', 'arguments', 'output', 'description', 'name', 'type', 'role']

/** The value with the first text in it changed that says something. */
function withOtherText(value: Value): Value | undefined {
  if (typeof value === 'string') return `${value}!`
  if (value instanceof Digits) return new Digits(`${Number(value.text) + 1}`)
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const other = withOtherText(item)
      if (other !== undefined) return value.with(i, other)
    }
    return undefined
  }
  if (!isObject(value)) return undefined
  for (const key of [...TEXTS, ...Object.keys(value).filter((name) => isObject(value[name]))]) {
    const member = value[key]
    const other = member === undefined || member === '' ? undefined : withOtherText(member)
    if (other !== undefined) return { ...value, [key]: other }
  }
  return undefined
}

/** A form's model, where it names one. */
function formChanges(asking: Asking): Changed[] {
  const text = asking.body.toString('latin1')
  const other = text.replace(/(name="?model"?[^\n]*(?:\r\n[^\r\n]+)*\r\n\r\n[^\r\n]+)/, '$1-other')
  if (other === text || asking.type?.startsWith('multipart/') !== true) return []
  return [{ kind: 'model', what: 'model', asking: { ...asking, body: Buffer.from(other, 'latin1') } }]
}
