const { USE_REAL_OPENAI: live, OPENAI_VCR_MODE: mode, OPENAI_VCR_UPSTREAM: upstream } = process.env

/** Whether no cassette answers, or one that is being recorded from the real API. */
export const isReal = live === 'true' || (Boolean(mode) && mode !== 'replay' && !upstream)

/** What is left out where `isReal`; their cassettes are always recorded from the stand-in. */
export const MADE_UP = 'simulated failures'
