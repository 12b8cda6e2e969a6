// @vitest-environment jsdom
import { realmCases } from './realm.ts'

realmCases('jsdom')
