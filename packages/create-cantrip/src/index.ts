export { createProject, type CreatedProject, type CreateProjectOptions } from './program/create-project.ts';
export { runCreate, type CreateParts } from './program/run-create.ts';
