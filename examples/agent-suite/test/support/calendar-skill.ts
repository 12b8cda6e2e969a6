import type { Skill } from '../../agent/skill.ts'
import { type Arguments, tool } from '../../agent/tool.ts'

const DAY = 86_400_000

/** Tools registered by decorator. */
export class CalendarSkill implements Skill {
  readonly name = 'calendar'
  readonly #today: string

  /** @param today a date as `2026-11-22`: tests that ask the clock cannot be replayed */
  constructor(today: string) {
    this.#today = today
  }

  @tool({ description: 'The date of today', parameters: { type: 'object', properties: {} } })
  today(): string {
    return this.#today
  }

  @tool({
    description: 'How many days it is from today until a date',
    parameters: {
      type: 'object',
      properties: { date: { type: 'string', description: 'as 2026-12-24' } },
      required: ['date'],
    },
  })
  daysUntil({ date }: Arguments): string {
    const days = (Date.parse(String(date)) - Date.parse(this.#today)) / DAY
    if (Number.isNaN(days)) throw new Error(`'${String(date)}' is no date`)
    return String(days)
  }
}
