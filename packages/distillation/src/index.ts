export { distillation, type DistillationOptions } from './distillation.ts';
export { distillationLoss, type DistillationLossOptions } from './distillation-loss.ts';
export type { Teacher, TeacherFunction, TeacherGives, TeacherModel } from './teacher.ts';
