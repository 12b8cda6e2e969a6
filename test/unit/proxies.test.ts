import { Agent, EnvHttpProxyAgent } from 'undici'
import { expect, test } from 'vitest'
import { type Proxies, proxiesOf, proxyFor } from '../../src/node/proxies.ts'

const [HTTPS, HTTP] = ['http://secure.test:1', 'http://plain.test:2']

test('a WebSocket goes through the proxy that undici takes for a request, by every form of NO_PROXY', () => {
  const forms = [
    '',
    '*',
    '*:80',
    '*:443',
    '*:8443',
    'example.test',
    '.example.test',
    '*.example.test',
    'example.test.',
    'EXAMPLE.test',
    'example.test:443',
    'example.test:80',
    '.example.test:8443',
    'example.test:0',
    'ample.test',
    '*ample.test',
    'api.example.test  other.test',
    'other.test, , api.example.test',
    '10.0.0.1',
    '0.0.1',
    '::1',
    '[::1]',
    '[::1]:8443',
    '::1:8443',
    'fd00::5',
    'test',
    '.',
    ':443',
  ]
  const hosts = [
    'example.test',
    'api.example.test',
    'api.example.test.',
    'API.Example.test:8443',
    'notexample.test',
    'test',
    '10.0.0.1',
    '10.0.0.1:8443',
    '[::1]',
    '[::1]:8443',
    '[fd00::5]',
  ]
  const named = [
    { https: HTTPS, http: HTTP },
    { https: '', http: HTTP },
    { https: HTTPS, http: '' },
  ]
  const urls = hosts.flatMap((host) => [new URL(`https://${host}/v1`), new URL(`http://${host}/v1`)])
  for (const proxies of named.flatMap((each) => forms.map((none) => ({ ...each, none }))))
    for (const url of urls)
      expect(proxyFor(proxies, url) ?? 'none', `${url.href} with NO_PROXY='${proxies.none}'`).toBe(
        undicis(proxies, url),
      )
})

test('this machine is asked without a proxy, and names in lower case go first', () => {
  const proxies = proxiesOf({ HTTPS_PROXY: HTTPS, https_proxy: HTTP, NO_PROXY: 'a.test', no_proxy: 'b.test' })
  const chosen = ['a.test', 'b.test', 'localhost', '127.0.0.1', '[::1]'].map((host) =>
    proxyFor(proxies as Proxies, new URL(`https://${host}`)),
  )
  expect(chosen).toEqual([HTTP, undefined, undefined, undefined, undefined])
  expect(proxiesOf({ HTTPS_PROXY: HTTPS, https_proxy: '' })).toBeUndefined()
  expect(proxiesOf({ NO_PROXY: '*' })).toBeUndefined()
})

test('an invalid proxy URL is refused by the name of its variable, without its value', () => {
  for (const url of [
    'me:hunter22@proxy',
    'socks5://proxy.test',
    'http://me:100%hunter22@proxy.test',
    'proxy',
  ])
    expect(() => proxiesOf({ HTTP_PROXY: url })).toThrow(
      /^HTTP_PROXY: expected the URL of a proxy, such as http:\/\/proxy\.example\.com:3128\. Its value is not shown/,
    )
})

/** Where undici connects to, asked without a network: `none`, or the proxy's URL. */
function undicis({ https, http, none }: Proxies, url: URL): string {
  let through = 'none'
  const dispatcher = new EnvHttpProxyAgent({
    httpsProxy: https,
    httpProxy: http,
    noProxy: none,
    proxyTunnel: true,
    clientFactory: (proxy) =>
      Object.assign(new Agent(), {
        connect: () => {
          through = proxy.origin
          throw new Error('no network')
        },
      }),
    factory: (_origin, { connect }: { connect?: unknown }) => {
      // What opens a tunnel is a function; the ordinary way is not told.
      if (typeof connect === 'function') connect({ host: url.host, protocol: url.protocol }, () => {})
      return Object.assign(new Agent(), { dispatch: () => true })
    },
  })
  dispatcher.dispatch({ origin: url.origin, path: '/', method: 'GET' }, {})
  return through
}
