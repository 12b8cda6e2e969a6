// @vitest-environment node
import { realmCases } from './realm.ts'

realmCases('node')
