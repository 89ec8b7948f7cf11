/* What pages gain with JavaScript. Each of them works without. */
"use strict";
(() => {
  const un = (selecteur, dans = document) => dans.querySelector(selecteur);
  const tous = (selecteur, dans = document) => [...dans.querySelectorAll(selecteur)];
  const annoncer = (texte) => { const lieu = un("#annonces"); if (lieu) lieu.textContent = texte; };
  const poids = (octets) => octets >= 1e6
    ? `${String(Number((octets / 1e6).toFixed(1))).replace(".", ",")}\u00a0Mo` : `${Math.max(1, Math.round(octets / 1e3))}\u00a0ko`;

  const viser = (element) => {
    if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
    element.focus();
  };

  /* Saving while one types: form[data-autosave-url], state said in [data-etat-enregistrement]. */
  const suivis = new WeakMap();

  const dire = (formulaire, texte, panne = false) => {
    for (const lieu of tous("[data-etat-enregistrement]", formulaire)) {
      lieu.classList.toggle("en-panne", panne);
      if (lieu.textContent !== texte) lieu.textContent = texte;
    }
  };

  const corpsDuChamp = (formulaire, nom) => {
    const corps = new URLSearchParams({ _champ: nom });
    for (const [cle, valeur] of new FormData(formulaire)) {
      if (typeof valeur === "string" && (cle === nom || (cle[0] === "_" && cle !== "_cle"))) corps.append(cle, valeur);
    }
    return corps;
  };

  const poster = (formulaire, nom) =>
    fetch(formulaire.dataset.autosaveUrl, { method: "POST", keepalive: true, body: corpsDuChamp(formulaire, nom) });

  const conclure = async (formulaire, reponse) => {
    const texte = (reponse.headers.get("content-type") || "").startsWith("text/plain") ? await reponse.text() : "";
    const version = reponse.headers.get("x-version");
    if (version && formulaire.elements._version) formulaire.elements._version.value = version;
    if (reponse.redirected || reponse.status === 401) {
      dire(formulaire, "Votre session est terminée. Choisissez «\u00a0Enregistrer\u00a0»\u00a0: après connexion, vous retrouverez votre saisie.", true);
    } else if (reponse.ok) {
      const heure = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
      dire(formulaire, texte || `Enregistré à ${heure}`);
      formulaire.dispatchEvent(new Event("enregistre", { bubbles: true }));
    } else if (reponse.status === 409) {
      dire(formulaire, texte || "Quelqu’un d’autre a modifié cette page. Choisissez «\u00a0Enregistrer\u00a0» pour comparer.", true);
    } else {
      dire(formulaire, texte || "Cette réponse n’est pas enregistrée. Choisissez «\u00a0Enregistrer\u00a0».", true);
    }
  };

  const envoyer = async (formulaire) => {
    const suivi = suivis.get(formulaire);
    if (!suivi || suivi.occupe || !suivi.noms.size || !formulaire.isConnected) return;
    const [nom] = suivi.noms;
    suivi.noms.delete(nom);
    suivi.occupe = true;
    try {
      const reponse = await poster(formulaire, nom);
      if (reponse.status >= 500 || reponse.status === 429) throw new Error(reponse.status);
      suivi.essais = 0;
      await conclure(formulaire, reponse);
    } catch {
      suivi.noms.add(nom);
      const attente = Math.min(60, 5 * 2 ** suivi.essais++);
      dire(formulaire, `Pas encore enregistré\u00a0: la connexion est perdue. Nouvel essai dans ${attente} secondes.`, true);
      suivi.minuteur = setTimeout(envoyer, attente * 1000, formulaire);
      return;
    } finally {
      suivi.occupe = false;
    }
    envoyer(formulaire);
  };

  const noter = ({ target: champ, type }) => {
    const formulaire = champ.form;
    if (!formulaire?.dataset.autosaveUrl || !champ.name || champ.type === "file") return;
    if (!suivis.has(formulaire)) suivis.set(formulaire, { noms: new Set(), essais: 0 });
    const suivi = suivis.get(formulaire);
    suivi.noms.add(champ.name);
    clearTimeout(suivi.minuteur);
    suivi.minuteur = setTimeout(envoyer, type === "change" ? 0 : 1200, formulaire);
  };
  /* A field is left by pressing the next thing: nothing is drawn anew before that press has ended. */
  let presse = false;
  const pointer = (oui) => () => { presse = oui; };
  addEventListener("pointerdown", pointer(true), true);
  for (const fin of ["pointerup", "pointercancel", "dragend"]) addEventListener(fin, pointer(false), true);
  const quitter = ({ target: champ }) => {
    if (presse) setTimeout(quitter, 30, { target: champ });
    else champ.dispatchEvent(new Event("quitte", { bubbles: true }));
  };
  document.addEventListener("change", quitter);

  document.addEventListener("input", noter);
  document.addEventListener("change", noter);
  addEventListener("online", () => tous("form[data-autosave-url]").forEach(envoyer));
  addEventListener("pagehide", () => tous("form[data-autosave-url]").forEach((formulaire) => {
    for (const nom of suivis.get(formulaire)?.noms || []) poster(formulaire, nom);
  }));

  /* Files: dropped or chosen, their weight said, their sending too. */
  const lireDepot = (zone) => {
    const champ = un("input[type=file]", zone);
    const maximum = Number(zone.dataset.poidsMax);
    const lourd = [...champ.files].find((fichier) => fichier.size > maximum);
    const etat = un("[data-depot-etat]", zone);
    etat.classList.toggle("en-panne", Boolean(lourd));
    etat.textContent = lourd
      ? `«\u00a0${lourd.name}\u00a0» pèse ${poids(lourd.size)}. Choisissez un fichier de ${poids(maximum)} au plus.`
      : [...champ.files].map((fichier) => `${fichier.name} (${poids(fichier.size)})`).join(", ");
    return lourd ? champ : null;
  };

  const installerDepot = (zone) => {
    const champ = un("input[type=file]", zone);
    const survol = (oui) => (evenement) => { evenement.preventDefault(); zone.classList.toggle("survol", oui); };
    champ.addEventListener("change", () => lireDepot(zone));
    zone.addEventListener("dragover", survol(true));
    zone.addEventListener("dragleave", survol(false));
    zone.addEventListener("drop", (evenement) => {
      survol(false)(evenement);
      if (!evenement.dataTransfer.files.length) return;
      champ.files = evenement.dataTransfer.files;
      champ.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  let chemin = location.pathname;
  addEventListener("popstate", () => { if (location.pathname !== chemin) location.reload(); });

  const remplacerPage = (requete) => {
    const page = new DOMParser().parseFromString(requete.responseText, "text/html");
    if (requete.responseURL !== location.href) history.pushState(null, "", requete.responseURL);
    chemin = location.pathname;
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    scrollTo(0, 0);
    installer(document);
    window.htmx?.process(document.body);
    const but = un("[data-focus], h1");
    if (but) viser(but);
  };

  const televerser = (formulaire, bouton, etat) => {
    const requete = new XMLHttpRequest();
    const echec = () => {
      delete formulaire.dataset.envoi;
      etat.classList.add("en-panne");
      etat.textContent = "L’envoi s’est interrompu. Vérifiez votre connexion, puis recommencez.";
    };
    let dit = -1;
    requete.upload.onprogress = ({ loaded, total }) => {
      const part = Math.floor((loaded / total) * 10) * 10;
      if (part !== dit) etat.textContent = part < 100 ? `Envoi en cours\u00a0: ${part}\u00a0%` : "Fichier reçu, vérification en cours…";
      dit = part;
    };
    requete.onload = () => (requete.responseText ? remplacerPage(requete) : echec());
    requete.onerror = requete.ontimeout = echec;
    requete.open("POST", formulaire.action);
    requete.send(new FormData(formulaire, bouton));
    formulaire.dataset.envoi = "oui";
  };

  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    suivis.get(formulaire)?.noms.clear();
    tous(".devoiler input", formulaire).forEach((champ) => { champ.type = "password"; });
    const zones = tous("[data-depot]", formulaire).filter((zone) => un("input[type=file]", zone).files.length);
    if (evenement.defaultPrevented || !zones.length || formulaire.hasAttribute("hx-post")) return;
    evenement.preventDefault();
    const lourd = zones.map(lireDepot).find(Boolean);
    if (lourd) lourd.focus();
    else if (!formulaire.dataset.envoi) televerser(formulaire, evenement.submitter, un("[data-depot-etat]", zones[0]));
  });

  /* Dialogs: modal here, a part of the page without JavaScript. */
  let ouvreur = null;

  const fermer = (dialogue) => {
    if (!dialogue.closest("#dialogues")) { location.assign(dialogue.dataset.retour); return; }
    dialogue.remove();
    ouvreur?.focus();
  };

  const ouvrir = (dialogue) => {
    dialogue.open = false;
    dialogue.showModal();
    dialogue.addEventListener("cancel", (evenement) => { evenement.preventDefault(); fermer(dialogue); });
    viser(un(".resume-erreurs, [data-focus]", dialogue) || dialogue);
  };

  /* Passwords can be read back. */
  const installerDevoilement = (champ) => {
    const cadre = document.createElement("div");
    const bouton = document.createElement("button");
    cadre.className = "devoiler";
    bouton.type = "button";
    const nommer = () => {
      const cache = champ.type === "password";
      bouton.textContent = cache ? "Afficher" : "Masquer";
      bouton.setAttribute("aria-label", `${bouton.textContent} le mot de passe`);
    };
    bouton.addEventListener("click", () => { champ.type = champ.type === "password" ? "text" : "password"; nommer(); });
    champ.replaceWith(cadre);
    cadre.append(champ, bouton);
    nommer();
  };

  const installer = (racine) => {
    tous("[data-depot]:not([data-pret])", racine).forEach((zone) => { zone.dataset.pret = ""; installerDepot(zone); });
    tous("input[data-devoiler]", racine).forEach((champ) => { champ.removeAttribute("data-devoiler"); installerDevoilement(champ); });
    tous("dialog[data-modale]", racine).filter((d) => !d.matches(":modal")).forEach(ouvrir);
  };

  document.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest("[data-fermer]");
    if (lien) { evenement.preventDefault(); fermer(lien.closest("dialog")); }
    tous("details[data-repli][open]").filter((repli) => !repli.contains(evenement.target)).forEach((repli) => { repli.open = false; });
  });

  document.addEventListener("keydown", ({ key, target }) => {
    const repli = key === "Escape" && (target.closest("details[data-repli][open]") || un(".menu[open]"));
    if (repli) { repli.open = false; un("summary", repli).focus(); }
  });

  /* htmx: the focus follows the work; a whole page never lands in a part of another. */
  /* What was typed while an answer was on its way stays in the fields that it draws again. */
  const aCocher = (champ) => ["radio", "checkbox"].includes(champ.type);
  const saisiDepuis = ({ target: zone, request: { body } }) => {
    const formulaire = body && zone.closest("form[data-autosave-url]");
    return !formulaire ? [] : [...formulaire.elements]
      .filter((champ) => zone.contains(champ) && /^[^_]/.test(champ.name) && !["hidden", "file", "submit"].includes(champ.type))
      .filter((champ) => (aCocher(champ) ? champ.checked !== body.getAll(champ.name).includes(champ.value) : champ.value !== (body.get(champ.name) || "")));
  };
  /* A field that was kept in place (morph) still holds what was typed before: it takes the answer's. */
  const accorder = (champ) => {
    if (aCocher(champ)) champ.checked = champ.defaultChecked;
    else if (champ.options) champ.value = (un("option[selected]", champ) || champ.options[0]).value;
    else if (champ.type !== "file" && champ !== document.activeElement) champ.value = champ.defaultValue;
  };
  const reporter = (anciens, zone) => {
    if (zone.closest("form[data-autosave-url]")) tous("input, select, textarea", zone).forEach(accorder);
    for (const { name, value, checked } of anciens) {
      for (const champ of tous(`[name="${CSS.escape(name)}"]`, zone)) {
        if (!aCocher(champ)) champ.value = value;
        else if (champ.value === value) champ.checked = checked;
      }
    }
  };

  document.addEventListener("htmx:before:swap", (evenement) => {
    const { ctx } = evenement.detail;
    ctx.saisi = saisiDepuis(ctx);
    if (ctx.target === document.body || !/^\s*<!doctype/i.test(ctx.text)) return;
    evenement.preventDefault();
    if (ctx.request.method === "GET") location.assign(ctx.response.raw.url);
    else signaler("Cette action n’a pas abouti. Rechargez la page, puis recommencez.");
  });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const zone = ctx.target.isConnected ? ctx.target : document.getElementById(ctx.target.id) || ctx.sourceElement;
    if (zone.id === "dialogues") ouvreur = ctx.sourceElement;
    reporter(ctx.saisi, zone);
    installer(zone);
    if (un("dialog:modal")) return;
    const but = zone.matches("[data-focus]") ? zone : un("[data-focus]", zone);
    if (but) viser(but);
    else if (document.activeElement === document.body) viser(un("h1, h2, h3", zone) || zone);
    annoncer(un(".erreur, [role=status]", zone)?.textContent || "");
  });

  const signaler = (texte) => {
    const lieu = un("#eclair");
    if (!lieu) return;
    const avis = document.createElement("p");
    avis.className = "eclair en-panne";
    avis.textContent = texte;
    lieu.replaceChildren(avis);
    lieu.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.ctx) signaler("Le serveur ne répond pas. Vérifiez votre connexion, puis recommencez.");
  });

  /* The bell is up to date when one comes back to the tab. */
  let vue = Date.now();
  document.addEventListener("visibilitychange", async () => {
    const cloche = un("[data-cloche]");
    if (document.hidden || !cloche || Date.now() - vue < 60000) return;
    vue = Date.now();
    const reponse = await fetch("/notifications/cloche", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!reponse?.ok || reponse.redirected) return;
    const neuve = new DOMParser().parseFromString(await reponse.text(), "text/html").querySelector("[data-cloche]");
    if (neuve && document.activeElement !== cloche) cloche.replaceWith(document.adoptNode(neuve));
  });

  installer(document);
})();
