// @vitest-environment edge-runtime
import { realmCases } from './realm.ts'

realmCases('edge-runtime')
