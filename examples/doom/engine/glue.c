// SPDX-License-Identifier: GPL-2.0-only
//
// What a web page needs of the engine, and no more: start it, give it one command of the player and let it run one tick, draw,
// and say what state it is in. The engine never asks for input or time: whoever calls knows where ticks come from.

#include <stdint.h>
#include <string.h>

#include "d_loop.h"
#include "d_main.h"
#include "d_player.h"
#include "doomgeneric.h"
#include "doomstat.h"
#include "g_game.h"
#include "i_sound.h"
#include "m_random.h"
#include "p_local.h"
#include "p_mobj.h"
#include "r_state.h"
#include "s_sound.h"
#include "w_wad.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(name) __attribute__((import_module("page"), import_name(name)))

#define WIDTH 320
#define HEIGHT 200

extern gamestate_t wipegamestate;
extern int prndindex;
void D_Display(void);

// Heard at the page: the number of a lump, volume 0-127, left 1 to right 254.
IMPORT("sound") void page_sound(int lump, int volume, int separation);

static uint8_t command[8];
static ticcmd_t commands[MAXPLAYERS];
static uint32_t clock_ms;

static void no_frame(void) {}
static void sleep_ms(uint32_t ms) { clock_ms += ms; }
static uint32_t ticks_ms(void) { return clock_ms; }
static int no_key(int *pressed, unsigned char *key) { return 0; }
static void no_title(const char *title) {}

// ---- sounds are played by the page; nothing here depends on whether anybody hears them

static boolean sound_init(boolean use_prefix) { return true; }
static void nothing(void) {}
static void no_params(int channel, int volume, int separation) {}
static void no_stop(int channel) {}
static boolean not_playing(int channel) { return false; }
static void no_cache(sfxinfo_t *sounds, int count) {}

static int sound_lump(sfxinfo_t *sound) {
    char name[9] = "DS";
    strncat(name, sound->link ? sound->link->name : sound->name, 6);
    return W_CheckNumForName(name);
}

static int sound_start(sfxinfo_t *sound, int channel, int volume, int separation) {
    if (sound->lumpnum >= 0) page_sound(sound->lumpnum, volume, separation);
    return channel;
}

static snddevice_t devices[] = {SNDDEVICE_SB};

sound_module_t page_sounds = {
    devices, 1, sound_init, nothing, sound_lump, nothing, no_params, sound_start, no_stop, not_playing, no_cache,
};

// There are no other programs where this runs.
int system(const char *line) { return -1; }

// ---- what the page calls

// Starts a game: skill 1 (easy) to 5, at a map of the first episode. The engine stands before tick 0 then.
EXPORT("boot") void boot(int skill, int map) {
    static char skill_text[2], map_text[2];
    static char *arguments[] = {"doom", "-iwad", "/doom1.wad", "-nogui", "-nomusic", "-mb", "8",
                                "-skill", skill_text, "-warp", "1", map_text, NULL};
    skill_text[0] = '0' + skill;
    map_text[0] = '0' + map;
    dg_Create(WIDTH, HEIGHT, no_frame, sleep_ms, ticks_ms, no_key, no_title);
    dg_main(12, arguments);
    netcmds = commands;
}

// Where the page puts the eight bytes of the next command: forward, side, turn (two, little endian), 0, buttons, 0, 0.
EXPORT("command") uint8_t *command_buffer(void) { return command; }

// Runs one tick with the command that is in the buffer.
EXPORT("tick") void tick(void) {
    ticcmd_t *next = &netcmds[consoleplayer];
    memset(next, 0, sizeof *next);
    next->forwardmove = (signed char)command[0];
    next->sidemove = (signed char)command[1];
    next->angleturn = (short)(command[2] | command[3] << 8);
    // A command that is no movement of the player (pause, save the game) is for networks of another time.
    next->buttons = command[5] & BT_SPECIAL ? 0 : command[5];
    G_Ticker();
    gametic++;
    if (gamestate == GS_LEVEL) S_UpdateSounds(players[consoleplayer].mo);
}

EXPORT("gametic") int game_tick(void) { return gametic; }

// Index into the table of random numbers that the game is played with, 0-255.
EXPORT("random_index") int random_index(void) { return prndindex; }

// Draws the present state into the frame buffer: 320 x 200 pixels of 32 bits, blue first. Screens never melt: that would take time.
EXPORT("draw") uint32_t *draw(void) {
    wipegamestate = gamestate;
    D_Display();
    return DG_ScreenBuffer;
}

EXPORT("automap") void automap(void) {
    event_t event = {ev_keydown, 9, 9, 0, 0};
    if (gamestate == GS_LEVEL) G_Responder(&event);
}

static uint32_t mix(uint32_t hash, uint32_t value) {
    int i;
    for (i = 0; i < 4; i++, value >>= 8) hash = (hash ^ (value & 255)) * 16777619u;
    return hash;
}

// A hash of all that the game is: not of what was drawn, heard or loaded. Two engines with one history have the same.
EXPORT("state_hash") uint32_t state_hash(void) {
    player_t *player = &players[consoleplayer];
    uint32_t hash = mix(2166136261u, gametic);
    hash = mix(mix(mix(mix(hash, prndindex), gamestate), gamemap), leveltime);
    hash = mix(mix(mix(mix(hash, player->health), player->armorpoints), player->readyweapon), player->killcount);
    int i;
    for (i = 0; i < NUMAMMO; i++) hash = mix(hash, player->ammo[i]);
    if (gamestate != GS_LEVEL) return hash;
    for (thinker_t *at = thinkercap.next; at != &thinkercap; at = at->next) {
        if (at->function.acp1 != (actionf_p1)P_MobjThinker) continue;
        mobj_t *thing = (mobj_t *)at;
        hash = mix(mix(mix(mix(hash, thing->type), thing->x), thing->y), thing->z);
        hash = mix(mix(mix(mix(hash, thing->angle), thing->health), thing->momx), thing->momy);
        hash = mix(mix(hash, thing->state - states), thing->tics);
    }
    for (i = 0; i < numsectors; i++) hash = mix(mix(hash, sectors[i].floorheight), sectors[i].ceilingheight);
    return hash;
}

// ---- what a player who reads the stream can know: the bot sees what is on the screen of a map

static int32_t view[8];

// health, armour, x, y, angle, kills, items, map of the player.
EXPORT("player") int32_t *player_view(void) {
    player_t *player = &players[consoleplayer];
    mobj_t *body = player->mo;
    if (gamestate != GS_LEVEL || body == NULL) memset(view, 0, sizeof view);
    else {
        int32_t now[8] = {player->health, player->armorpoints, body->x, body->y, (int32_t)body->angle,
                          player->killcount, player->itemcount, gamemap};
        memcpy(view, now, sizeof view);
    }
    return view;
}

// Where the next living monster in sight is: x, y and its type; NULL if there is none.
EXPORT("target") int32_t *nearest_target(void) {
    static int32_t target[3];
    mobj_t *body = players[consoleplayer].mo;
    fixed_t nearest = 1536 * FRACUNIT;
    int32_t *found = NULL;
    if (gamestate != GS_LEVEL || body == NULL) return NULL;
    for (thinker_t *at = thinkercap.next; at != &thinkercap; at = at->next) {
        if (at->function.acp1 != (actionf_p1)P_MobjThinker) continue;
        mobj_t *thing = (mobj_t *)at;
        if (!(thing->flags & MF_COUNTKILL) || thing->health <= 0) continue;
        fixed_t distance = P_AproxDistance(thing->x - body->x, thing->y - body->y);
        if (distance >= nearest || !P_CheckSight(body, thing)) continue;
        nearest = distance;
        int32_t now[3] = {thing->x, thing->y, thing->type};
        memcpy(target, now, sizeof target);
        found = target;
    }
    return found;
}

// ---- walking, without taking or touching anything: only lines are looked at

#define SIGHT 1024
#define STEP (24 * FRACUNIT)

static fixed_t floor_here, way_ahead;

static boolean passes_line(intercept_t *met) {
    line_t *line = met->d.line;
    if (line->flags & ML_TWOSIDED && !(line->flags & ML_BLOCKING)) {
        P_LineOpening(line);
        if (openrange >= 56 * FRACUNIT && openbottom - floor_here <= STEP) {
            floor_here = openbottom;
            return true;
        }
    }
    way_ahead = met->frac;
    return false;
}

// How far a player can walk into a direction (a BAM angle) before a wall, a step or a closed door, in map units, up to 1024.
EXPORT("free_way") int free_way(uint32_t angle) {
    mobj_t *body = players[consoleplayer].mo;
    if (gamestate != GS_LEVEL || body == NULL) return 0;
    uint32_t fine = angle >> ANGLETOFINESHIFT;
    way_ahead = FRACUNIT;
    floor_here = body->floorz;
    P_PathTraverse(body->x, body->y, body->x + SIGHT * finecosine[fine], body->y + SIGHT * finesine[fine],
                   PT_ADDLINES, passes_line);
    return FixedMul(way_ahead, SIGHT * FRACUNIT) >> FRACBITS;
}
