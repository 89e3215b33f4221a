export { LeaderSchedule, type ScheduledJob } from './leader-schedule.js';
