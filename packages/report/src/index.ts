export { createReport, type ReportOptions } from './page/create-report.ts';
