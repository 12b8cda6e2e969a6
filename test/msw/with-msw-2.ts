/** Preloaded (`node --import`): whoever asks for msw gets MSW 2. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^msw(?=$|\/)/, 'msw2'), context),
})
