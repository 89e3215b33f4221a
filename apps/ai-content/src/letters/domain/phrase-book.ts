import { LETTER_LANGUAGES, type LETTER_TONES } from '#contracts';
import { type Fact, joinFacts, say, type Sentence, withList } from './grounded-text.js';

export type LetterLanguage = (typeof LETTER_LANGUAGES)[number];
export type LetterTone = (typeof LETTER_TONES)[number];

/** The sentences of one language. Every method that states something about a person takes it as a Fact. */
export interface PhraseBook {
  greeting(): Sentence;
  opening(role: Fact, company: Fact, tone: LetterTone): Sentence;
  currentPosition(role: Fact, company: Fact | null): Sentence;
  years(years: Fact): Sentence;
  matchingSkills(skills: Fact[]): Sentence;
  otherSkills(skills: Fact[]): Sentence;
  station(title: Fact, company: Fact | null): Sentence;
  achievement(text: Fact): Sentence;
  highlight(text: Fact): Sentence;
  goal(goal: Fact): Sentence;
  closing(company: Fact, tone: LetterTone): Sentence;
  signOff(name: Fact, tone: LetterTone): Sentence;
}

const asSentence = (text: Fact): Sentence => {
  const ends = /[.!?]$/.test(text.value);
  return { text: ends ? text.value : `${text.value}.`, facts: [text] };
};

const english: PhraseBook = {
  greeting: () => say`Dear Hiring Team,`,
  opening: (role, company, tone) =>
    ({
      professional: say`I am applying for the position of ${role} at ${company}.`,
      enthusiastic: say`I was delighted to find the opening for ${role} at ${company}, and I would love to join you.`,
      formal: say`I hereby apply for the position of ${role} at ${company}.`,
      friendly: say`I would like to join ${company} as ${role}.`,
    })[tone],
  currentPosition: (role, company) =>
    company === null ? say`I currently work as ${role}.` : say`I currently work as ${role} at ${company}.`,
  years: (years) => say`I bring ${years} ${years.value === '1' ? 'year' : 'years'} of professional experience.`,
  matchingSkills: (skills) => withList('Of what you ask for, I work with ', joinFacts(skills, 'and'), '.'),
  otherSkills: (skills) => withList('I also know ', joinFacts(skills, 'and'), '.'),
  station: (title, company) =>
    company === null
      ? say`Relevant for this role is my work as ${title}.`
      : say`Relevant for this role is my work as ${title} at ${company}.`,
  achievement: asSentence,
  highlight: asSentence,
  goal: (goal) => say`My goal: ${goal}.`,
  closing: (company, tone) =>
    ({
      professional: say`I would welcome the chance to talk about what I can contribute to ${company}.`,
      enthusiastic: say`I would be thrilled to talk about what we could build together at ${company}!`,
      formal: say`I would be grateful for the opportunity of a personal conversation.`,
      friendly: say`I am looking forward to getting to know you and ${company}.`,
    })[tone],
  signOff: (name, tone) => say`${tone === 'formal' ? 'Yours faithfully' : 'Kind regards'},\n${name}`,
};

const german: PhraseBook = {
  greeting: () => say`Sehr geehrte Damen und Herren,`,
  opening: (role, company, tone) =>
    ({
      professional: say`hiermit bewerbe ich mich bei ${company} auf die Stelle „${role}“.`,
      enthusiastic: say`mit großer Freude habe ich Ihre Ausschreibung „${role}“ bei ${company} gelesen und möchte gern Teil Ihres Teams werden.`,
      formal: say`auf die von ${company} ausgeschriebene Stelle „${role}“ bewerbe ich mich hiermit.`,
      friendly: say`ich möchte als „${role}“ bei ${company} mitarbeiten.`,
    })[tone],
  currentPosition: (role, company) =>
    company === null ? say`Derzeit arbeite ich als ${role}.` : say`Derzeit arbeite ich als ${role} bei ${company}.`,
  years: (years) => say`Ich bringe ${years} ${years.value === '1' ? 'Jahr' : 'Jahre'} Berufserfahrung mit.`,
  matchingSkills: (skills) => withList('Von dem, was Sie suchen, bringe ich mit: ', joinFacts(skills, 'und'), '.'),
  otherSkills: (skills) => withList('Außerdem kenne ich mich aus mit ', joinFacts(skills, 'und'), '.'),
  station: (title, company) =>
    company === null
      ? say`Für diese Stelle wichtig ist meine Tätigkeit als ${title}.`
      : say`Für diese Stelle wichtig ist meine Tätigkeit als ${title} bei ${company}.`,
  achievement: asSentence,
  highlight: asSentence,
  goal: (goal) => say`Mein Ziel: ${goal}.`,
  closing: (company, tone) =>
    ({
      professional: say`Gern erzähle ich Ihnen in einem Gespräch, was ich bei ${company} beitragen kann.`,
      enthusiastic: say`Ich freue mich sehr darauf, mit Ihnen über gemeinsame Vorhaben bei ${company} zu sprechen!`,
      formal: say`Über die Einladung zu einem persönlichen Gespräch würde ich mich freuen.`,
      friendly: say`Ich freue mich darauf, Sie und ${company} kennenzulernen.`,
    })[tone],
  signOff: (name, tone) => say`${tone === 'friendly' ? 'Herzliche Grüße' : 'Mit freundlichen Grüßen'}\n${name}`,
};

const french: PhraseBook = {
  greeting: () => say`Madame, Monsieur,`,
  opening: (role, company, tone) =>
    ({
      professional: say`Je vous adresse ma candidature au poste de ${role} chez ${company}.`,
      enthusiastic: say`C’est avec enthousiasme que je vous adresse ma candidature au poste de ${role} chez ${company}.`,
      formal: say`J’ai l’honneur de vous présenter ma candidature au poste de ${role} au sein de ${company}.`,
      friendly: say`J’aimerais rejoindre ${company} au poste de ${role}.`,
    })[tone],
  currentPosition: (role, company) =>
    company === null ? say`Poste actuel : ${role}.` : say`Poste actuel : ${role}, chez ${company}.`,
  years: (years) => say`Je compte ${years} ${years.value === '1' ? 'année' : 'années'} d’expérience professionnelle.`,
  matchingSkills: (skills) =>
    withList('Parmi les compétences que vous recherchez, je pratique ', joinFacts(skills, 'et'), '.'),
  otherSkills: (skills) => withList('Je connais également ', joinFacts(skills, 'et'), '.'),
  station: (title, company) =>
    company === null
      ? say`Une expérience utile pour ce poste : ${title}.`
      : say`Une expérience utile pour ce poste : ${title}, chez ${company}.`,
  achievement: asSentence,
  highlight: asSentence,
  goal: (goal) => say`Mon objectif : ${goal}.`,
  closing: (company, tone) =>
    ({
      // Worded without an adjective that would have to know the writer's gender.
      professional: say`C’est avec plaisir que j’échangerais avec vous sur ce que je peux apporter à ${company}.`,
      enthusiastic: say`C’est avec grand plaisir que j’échangerais avec vous sur nos projets communs chez ${company} !`,
      formal: say`Je me tiens à votre disposition pour un entretien.`,
      friendly: say`Au plaisir de vous rencontrer et de découvrir ${company}.`,
    })[tone],
  signOff: (name, tone) => say`${tone === 'friendly' ? 'Bien cordialement' : 'Cordialement'},\n${name}`,
};

export const PHRASE_BOOKS: Readonly<Record<LetterLanguage, PhraseBook>> = { en: english, de: german, fr: french };

export const isLetterLanguage = (language: string | null): language is LetterLanguage =>
  LETTER_LANGUAGES.some((known) => known === language);
