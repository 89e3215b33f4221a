export { CreateDailyUse1770000100000 } from './create-daily-use.js';
export { dailyUseRetention } from './daily-use-retention.js';
export { type DailyCap, EVERYBODY, takeFromDay } from './take-from-day.js';
