import type { DriftRules } from '../../api/drift.ts'
import { withoutIds } from '../../match/generated-ids.ts'
import { gist } from '../gist.ts'
import { identify, idShapes } from '../shapes.ts'
import { headerRule, isCounted, itemName, ruleFor } from './field-rules.ts'
import { requestView, responseView } from './view.ts'

export const driftRules: DriftRules = {
  requestView,
  responseView,
  gist: ({ request }) => gist(request),
  requestKey: ({ request }) => {
    const { parts, fingerprint } = identify(request)
    return withoutIds(parts, idShapes)?.fingerprint ?? fingerprint
  },
  ruleFor,
  itemName,
  isCounted,
  withoutIds: (text) =>
    text
      .replaceAll(TUNED_MODELS, '$1<id>')
      .replaceAll(IDS, '<id>')
      .replaceAll(UUIDS, '<id>')
      .replaceAll(HEX, '<id>'),
  headerRule,
}

/** Has a digit; or, as one id in seventy has none, two capitals in a row among small letters, as words have not. */
const TAIL =
  '(?:(?=\\w*\\d)[A-Za-z0-9_-]{8,}|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,}(?![\\w-]))'
const LONG_TAIL = '(?:(?=[A-Za-z]*\\d)|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2}))[A-Za-z0-9]{16,}(?![\\w-])'
const ID_WORDS =
  'asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|event|fc|file|fp|ft|ftckpt|ftevent|ftjob|gen|ig|item|mcp|mcpl|mcpr|modr|msg|org|part|proj|req|resp|rs|run|sess|step|thread|tooluse|upload|user|video|vs|vsf|vsfb|ws'

/** Ids that OpenAI generates: a known short word, or any with a long tail, then letters and digits at random. */
const IDS = new RegExp(`(?<![\\w-])(?:(?:${ID_WORDS})[-_]${TAIL}|[a-z]{2,12}[-_]${LONG_TAIL})`, 'g')
const UUIDS = /(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/gi

/** Ids of other providers. The digest of a file is longer. */
const HEX = /(?<![\w-])(?=[a-f]*\d)(?=\d*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{32})(?![\w-])/g

/** A fine-tuned model: `ft:gpt-4o-mini:org:name:GB06G92c`. */
const TUNED_MODELS = /(?<![\w-])(ft:[^\s:/"]+:[^\s:/"]*:[^\s:/"]*:)[A-Za-z0-9]{6,}(?![\w-])/g
