/** Kinds of work, as titles name them. */
export const OCCUPATIONS: readonly string[] = `accountant, account manager, actuary, android developer, architect,
art director, auditor, backend developer, baker, bookkeeper, brand manager, business analyst, business developer,
buyer, carpenter, chef, chemist, civil engineer, cleaner, clinical researcher, cloud engineer, community manager,
compliance officer, controller, copywriter, courier, customer success manager, data analyst, data engineer,
data scientist, database administrator, dentist, designer, devops engineer, driver, editor, electrician,
embedded engineer, energy consultant, event manager, executive assistant, facility manager, firmware engineer,
florist, frontend developer, full stack developer, game developer, geologist, graphic designer, growth manager,
hairdresser, hardware engineer, help desk agent, hotel manager, hr manager, illustrator, industrial designer,
insurance broker, interpreter, investment analyst, ios developer, journalist, lab technician, lawyer, librarian,
logistics planner, machine learning engineer, machinist, maintenance technician, marketing manager,
mechanical engineer, mechatronics technician, midwife, network engineer, notary clerk, nurse, office manager,
optician, paralegal, payroll specialist, pharmacist, photographer, physicist, physiotherapist, pilot, plumber,
policy adviser, press officer, process engineer, product manager, product owner, production worker,
project manager, psychologist, public relations manager, quality engineer, receptionist, recruiter, risk manager,
roofer, sales representative, scrum master, security analyst, site reliability engineer, social worker,
software architect, solutions engineer, statistician, support engineer, surveyor, system administrator, tailor,
tax consultant, teacher, technical writer, test engineer, tour guide, trader, trainer, translator, treasurer,
user researcher, veterinarian, video editor, waiter, warehouse worker, web developer, welder, writer`
  .split(',')
  .map((name) => name.trim().replace(/\s+/g, ' '));

export const LEVELS: readonly string[] = [
  '',
  '',
  '',
  '',
  'Senior ',
  'Senior ',
  'Junior ',
  'Lead ',
  'Head of ',
  'Principal ',
];
