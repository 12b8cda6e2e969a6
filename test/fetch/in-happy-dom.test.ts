// @vitest-environment happy-dom
import { realmCases } from './realm.ts'

realmCases('happy-dom')
