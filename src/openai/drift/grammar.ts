import type { Grammar } from '../../api/drift.ts'
import { gist } from '../gist.ts'
import { headerRule } from './headers.ts'
import { answered, asked } from './reading.ts'
import { isCounted, nameOf, ruleOf } from './rules.ts'

/** What OpenAI's answers mean, as far as a drift depends on it. */
export const grammar: Grammar = {
  asked,
  answered,
  gist: ({ request }) => gist(request),
  ruleOf,
  nameOf,
  isCounted,
  withoutIds: (text) =>
    text
      .replaceAll(TUNED, '$1<id>')
      .replaceAll(IDS, '<id>')
      .replaceAll(UUIDS, '<id>')
      .replaceAll(HEX, '<id>'),
  headerRule,
}

/** Digits, or where there are none, as in one id of seventy, two capitals in a row among small letters: no words. */
const TAIL =
  '(?:(?=\\w*\\d)[A-Za-z0-9_-]{8,}|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,}(?![\\w-]))'
const LONG_TAIL = '(?:(?=[A-Za-z]*\\d)|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2}))[A-Za-z0-9]{16,}(?![\\w-])'
const WORDS =
  'asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|event|fc|file|fp|ft|ftckpt|ftevent|ftjob|gen|ig|item|mcp|mcpl|mcpr|modr|msg|org|part|proj|req|resp|rs|run|sess|step|thread|tooluse|upload|user|video|vs|vsf|vsfb|ws'

/** What OpenAI mints: a short word that is known, or any with a long tail, then letters and digits that mean nothing. */
const IDS = new RegExp(`(?<![\\w-])(?:(?:${WORDS})[-_]${TAIL}|[a-z]{2,12}[-_]${LONG_TAIL})`, 'g')
const UUIDS = /(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/gi

/** Ids of other providers. A digest of a file is longer, and no id. */
const HEX = /(?<![\w-])(?=[a-f]*\d)(?=\d*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{32})(?![\w-])/g

/** A model that was tuned: `ft:gpt-4o-mini:org:name:GB06G92c`. */
const TUNED = /(?<![\w-])(ft:[^\s:/"]+:[^\s:/"]*:[^\s:/"]*:)[A-Za-z0-9]{6,}(?![\w-])/g
