/** What the stand-in answers to a question that it knows: one of several texts, where several choices are wanted. */
type Sentences = readonly [string, ...string[]]

/** The questions of the scenarios, the examples and their tests. The first pattern that fits counts. */
const KNOWN: readonly (readonly [question: RegExp, answers: Sentences])[] = [
  // scripts/scenarios
  [/^Which river flows through Paris\?/, ['The Seine flows through Paris.']],
  [/^And where does it end\?/, ['It flows into the English Channel at Le Havre.']],
  [
    /^Name three things that you find in a harbour\./,
    [
      'In a harbour you find quays where ships tie up, cranes that load and unload them, and a lighthouse that shows the way in.',
    ],
  ],
  [/^What colour is this picture\?/, ['Red.']],
  [/^A train leaves at 9:40 and takes 75 minutes\./, ['It arrives at 10:55.']],
  [/^And if it is 20 minutes late\?/, ['Then it arrives at 11:15.']],
  [/^My dog is called Bello\./, ['Lovely!']],
  [/^What is his name\?/, ['His name is Bello.']],
  [/^Spell it\./, ['B-E-L-L-O.']],
  [
    /^Write a haiku about waiting\./,
    ['The kettle is slow.\nOutside, the bus pulls away.\nI pour one more cup.'],
  ],
  [
    /^What is a lighthouse for\?/,
    ['A lighthouse warns ships of rocks at night and shows them the way into harbour.'],
  ],
  [/^And now\?/, ['Yes, I am here now.']],
  // examples
  [
    /^Why is a test that calls a live model not repeatable\?/,
    [
      'Because a live model may word its answer differently each time, so the test can fail although your code is the same.',
    ],
  ],
  [
    /^Explain what a cassette is\b/,
    [
      'A cassette is a small plastic box with a long strip of magnetic tape in it. A recorder stores music or speech on the tape, and a player plays it back: every time the same.',
    ],
  ],
  [
    /^Why should a test not call a live model\?/,
    [
      'A live model costs money, needs a key and a network, and words its answer differently each time. A recorded answer is the same on every run, so a test that fails tells you something about your own code.',
    ],
  ],
  [/^Why is the sky blue\?/, ['Because air scatters blue light far more than it scatters red light.']],
  // examples/agent-suite
  [/^Which way is north\?/, ['North is where the needle of a compass points.']],
  [/^Which way is south\?/, ['South is where the sun stands at noon, seen from Europe.']],
  [/^Which way is east\?/, ['East is where the sun rises.']],
  [/^Which way is west\?/, ['West is where the sun sets.']],
  [/^Which way is up\?/, ['Up is away from the centre of the Earth.']],
  [/^Which way is down\?/, ['Down is where a stone falls when you let go of it.']],
  [/^Which way is out\?/, ['Follow the green signs to the nearest exit.']],
  [/^Name a colour\./, ['Blue.', 'Green.']],
  [/^Name a flower\./, ['The sunflower.', 'The tulip.']],
  [/^Repeat after me: (.+)/, ['$1']],
  [/^Say yes\./, ['Yes.']],
  [/^Say the number (\d+) and nothing else\./, ['$1']],
  [
    /^Is it (raining|snowing|hailing|foggy|misty)\?/,
    ['I have no weather data, so I cannot tell whether it is $1.'],
  ],
  [/^Is it warm in Paris\?/, ['I did not look it up, but 18 °C would be mild for Paris.']],
  [/^Are you there\?/, ['Yes, I am here.']],
  [/^How deep is the sea\?/, ['On average the sea is about 3,700 metres deep.']],
  [/^How high is the sky\?/, ['The sky has no top, but space is said to begin at 100 kilometres.']],
  [/^How far is the moon\?/, ['The Moon is about 384,400 kilometres away.']],
  [/^How old is the sun\?/, ['The Sun is about 4.6 billion years old.']],
  [/^Who are you\?/, ['I am an assistant that answers questions about the weather.']],
  [/^Is water wet\?/, ['Yes: water makes everything that it touches wet.']],
  [/^Is fire hot\?/, ['Yes, even the flame of a candle is hotter than 1,000 °C.']],
  [
    /^How long does it take to boil an egg\?/,
    ['A soft egg takes about five minutes, and a hard one about ten.'],
  ],
  [
    /^What is a barometer\?/,
    ['A barometer measures the pressure of the air, which falls before rain comes.'],
  ],
  [/^What time is it\?/, ['I have no clock, so I cannot tell you the time.']],
  [/^What is a rainbow\?/, ['A rainbow is sunlight that drops of rain bend and split into colours.']],
  [
    /^Explain the water cycle in four sentences\./,
    [
      'The sun warms the sea, and some of its water rises into the air as vapour. High up the vapour cools and gathers into clouds of tiny drops. The drops grow until they fall as rain, hail or snow. On land the water sinks into the ground or runs off in streams and rivers, and in the end it is back in the sea.',
    ],
  ],
]

/** Objects that the stand-in answers where a schema with just these members is wanted. */
const OBJECTS: readonly (readonly [question: RegExp, answer: object])[] = [
  [
    /^Suggest a soup with three ingredients\./,
    {
      title: 'Carrot and ginger soup',
      minutes: 35,
      difficulty: 'easy',
      ingredients: [
        { name: 'carrots', grams: 500 },
        { name: 'vegetable stock', grams: 750 },
        { name: 'fresh ginger', grams: 20.5 },
      ],
    },
  ],
]

/** @param choice which of several choices this is, from 0 */
export function knownAnswer(question: string, choice: number): string | undefined {
  for (const [pattern, answers] of KNOWN) {
    const found = pattern.exec(question)
    if (found !== null) return (answers[choice % answers.length] ?? answers[0]).replace('$1', found[1] ?? '')
  }
  return undefined
}

export function knownObject(question: string, members: readonly string[]): object | undefined {
  const [, object] = OBJECTS.find(([pattern]) => pattern.test(question)) ?? []
  return object !== undefined && Object.keys(object).join() === members.join() ? object : undefined
}
