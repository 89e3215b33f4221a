import type { VisaVerdict } from './visa-verdict.js';

/**
 * Written down after the rules were widened, away from their vocabulary: other words for the same, statements in the
 * middle of other matter, and things that only sound like them. When first read, 25 of 45 were read right and two
 * promised what they refuse: that is the estimate for wordings nobody has thought of. What the list showed has been
 * learned from since, so by now it is a guard like the others.
 */
export const HELD_OUT_AFTER: readonly (readonly [string, VisaVerdict])[] = [
  // English
  ['Moving from abroad? Our mobility partner guides you through the permit process, free of charge.', 'yes'],
  ['Sponsorship is on the table for this one.', 'yes'],
  ['Happy to sort out a visa if you are not based here yet.', 'yes'],
  ['We have relocated 40 engineers and paid for all of their visas.', 'yes'],
  ['H1B transfers welcome!', 'yes'],
  ['Full visa and relocation support for you and your family.', 'yes'],
  ['We would love to help with visas but currently cannot.', 'no'],
  ['At this time sponsorship falls outside of what we can offer.', 'no'],
  ['Must not now or in the future require sponsorship for employment visa status.', 'no'],
  ['You are based in the EU and free to work here without any further permission.', 'no'],
  ['Proof of eligibility to work in Canada will be requested.', 'no'],
  ['Security clearance requires UK nationality.', 'no'],
  ['Our fintech clients issue Visa debit cards in 30 countries.', 'unknown'],
  ['You keep an eye on the sponsored listings of our marketplace.', 'unknown'],
  ['We organise visa-free team trips twice a year.', 'unknown'],
  ['You will report legally relevant incidents to the compliance team.', 'unknown'],
  ['Citizen science is what we do.', 'unknown'],
  ['You will work with our visa team to improve the permit portal for foreign students.', 'unknown'],
  // German
  [
    'Du kommst aus einem Drittstaat? Unser Relocation-Team begleitet dich durch alle Behördengänge inklusive Visum.',
    'yes',
  ],
  ['Benefits: Jobticket, Visa-Support, 30 Tage Urlaub', 'yes'],
  ['Auch Bewerbungen aus dem Ausland sind willkommen, um die Blue Card kümmert sich unsere Personalabteilung.', 'yes'],
  ['Aus organisatorischen Gründen können wir nur Personen mit bestehender Arbeitserlaubnis einstellen.', 'no'],
  ['Visa-Sponsoring bieten wir derzeit nicht an.', 'no'],
  ['Du hältst Vorträge zum Aufenthaltsrecht.', 'unknown'],
  ['Die Arbeitserlaubnis für Stapler erwirbst du bei uns.', 'unknown'],
  // French
  ['Le cabinet gère pour vous toutes les formalités de visa.', 'yes'],
  ['Poste ouvert aux candidats étrangers, visa sponsorisé.', 'yes'],
  ['Nous ne sommes pas en mesure de sponsoriser un visa de travail.', 'no'],
  ['Il vous faut un permis de travail valide au Canada.', 'no'],
  ['Vous concevez un simulateur de titre de séjour pour une administration.', 'unknown'],
  // Spanish, Portuguese, Italian
  ['Si vienes de fuera de la UE, la empresa tramita tu visado.', 'yes'],
  ['Solo se considerarán candidaturas con permiso de trabajo en España.', 'no'],
  ['Diseñarás el portal de citas para visados del ministerio.', 'unknown'],
  ['A empresa trata de todo o processo de visto.', 'yes'],
  ['Só aceitamos candidatos com autorização de trabalho em Portugal.', 'no'],
  ["L'azienda si fa carico delle pratiche per il visto di lavoro.", 'yes'],
  ["Non è prevista alcuna assistenza per l'ottenimento del permesso di lavoro.", 'no'],
  ['Cerchiamo persone mai viste altrove.', 'unknown'],
  // Dutch, Swedish, Polish
  ['Kom je van buiten de EU, dan betalen wij de aanvraag van je verblijfsvergunning.', 'yes'],
  ['Sponsoring van een werkvergunning bieden we niet.', 'no'],
  ['Je bouwt aan het loket waar mensen hun verblijfsvergunning aanvragen.', 'unknown'],
  ['Företaget står för kostnaden för ditt arbetstillstånd.', 'yes'],
  ['Vi kan inte hjälpa till med arbetstillstånd för den här tjänsten.', 'no'],
  ['Dla kandydatów spoza UE legalizujemy pobyt i pracę na nasz koszt.', 'yes'],
  ['Oferta skierowana do osób z ważnym zezwoleniem na pracę.', 'no'],
];
