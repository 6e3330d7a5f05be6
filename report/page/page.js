'use strict';
const all=(s,e)=>[...(e||document).querySelectorAll(s)];
for(const e of all('.js'))e.hidden=false;

// Rows whose text has not all words that are looked for are hidden.
for(const box of all('input.filter')){
	const rows=all('#'+box.dataset.for+' tbody tr');
	const found=box.closest('p').querySelector('.found');
	box.addEventListener('input',()=>{
		const words=box.value.toLowerCase().split(/\s+/);
		let n=0;
		for(const r of rows){
			const t=r.textContent.toLowerCase();
			r.hidden=!words.every(w=>t.includes(w));
			n+=!r.hidden;
		}
		found.textContent=n+' of '+rows.length;
	});
}

// A click on a heading sorts, a second one turns the order.
for(const table of all('table.sort')){
	all('th',table).forEach((th,i)=>{
		const button=document.createElement('button');
		button.type='button';
		button.append(...th.childNodes);
		th.append(button);
		button.addEventListener('click',()=>{
			const down=th.getAttribute('aria-sort')!=='descending';
			const key=r=>{
				const c=r.cells[i];
				if(c.dataset.v!==undefined)return +c.dataset.v;
				// Of a heat table, a ratio that is not known.
				return c.dataset.c===undefined?c.textContent:-Infinity;
			};
			const less=(a,b)=>typeof a==='number'&&typeof b==='number'?a-b:
				String(a).localeCompare(String(b));
			const rows=[...table.tBodies[0].rows].sort((a,b)=>
				(down?-1:1)*less(key(a),key(b)));
			all('th',table).forEach(t=>t.removeAttribute('aria-sort'));
			th.setAttribute('aria-sort',down?'descending':'ascending');
			table.tBodies[0].append(...rows);
		});
	});
}

// A heat table shows the ratio to the first kernel, the one to the kernel before, or the count.
for(const shown of all('#shown'))shown.addEventListener('change',()=>{
	for(const c of all('#heat tbody td[data-c]')){
		const d=c.dataset,k=shown.value;
		c.firstChild.data=k==='c'?d.c:d[k]===undefined?'-':(+d[k]).toFixed(3);
	}
});

// Frames keep their place in the file; a zoom scales and shifts what lies over the one chosen.
for(const figure of all('figure.zoom')){
	const svg=figure.querySelector('svg'),flame=svg.querySelector('.flame');
	const needle=figure.querySelector('.needle'),found=figure.querySelector('.found');
	const letter=6.8;
	const frames=all('g',flame).map(g=>{
		const r=g.querySelector('rect'),a=n=>+r.getAttribute(n);
		const name=g.querySelector('title').textContent.replace(/: [^:]*$/,'');
		return {g,r,name,text:g.querySelector('text'),x:a('x'),y:a('y'),w:a('width')};
	});
	if(!frames.length)continue;
	const base=frames.reduce((a,f)=>f.y>a.y?f:a);
	const fit=(name,w)=>{
		const n=Math.floor((w-6)/letter);
		return n<3?'':name.length<=n?name:
			name.slice(0,Math.ceil(n/2)-1)+'\u2026'+name.slice(name.length-Math.floor(n/2)+1);
	};
	const zoom=to=>{
		const k=base.w/to.w,e=.01;
		for(const f of frames){
			const under=f.y>to.y&&f.x<=to.x+e&&f.x+f.w>=to.x+to.w-e;
			const over=f.y<=to.y&&f.x>=to.x-e&&f.x+f.w<=to.x+to.w+e;
			f.g.style.display=under||over?'':'none';
			if(!under&&!over)continue;
			const x=under?base.x:base.x+(f.x-to.x)*k,w=under?base.w:f.w*k;
			f.r.setAttribute('x',x);
			f.r.setAttribute('width',w);
			if(!f.text&&w>24){
				f.text=document.createElementNS(svg.namespaceURI,'text');
				f.text.setAttribute('y',f.y+13);
				f.g.append(f.text);
			}
			if(f.text){
				f.text.setAttribute('x',x+3);
				f.text.textContent=fit(f.name,w);
			}
		}
	};
	flame.classList.add('live');
	for(const f of frames)f.g.addEventListener('click',()=>zoom(f));
	figure.querySelector('.reset').addEventListener('click',()=>zoom(base));
	needle.addEventListener('input',()=>{
		const word=needle.value.toLowerCase();
		let n=0;
		for(const f of frames){
			const hit=word!==''&&f.name.toLowerCase().includes(word);
			f.g.classList.toggle('hit',hit);
			n+=hit;
		}
		found.textContent=word===''?'':n+' of '+frames.length+' frames';
	});
}

// A link into what is folded unfolds it, and paper has all.
const unfold=()=>{
	const to=location.hash&&document.getElementById(location.hash.slice(1));
	for(let e=to;e;e=e.parentElement)if(e.tagName==='DETAILS')e.open=true;
};
addEventListener('hashchange',unfold);
unfold();
let folded=[];
addEventListener('beforeprint',()=>{
	folded=all('details:not([open])').filter(d=>!d.querySelector('#raw'));
	for(const d of folded)d.open=true;
});
addEventListener('afterprint',()=>{for(const d of folded)d.open=false;});
